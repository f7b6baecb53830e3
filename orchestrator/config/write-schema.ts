// `npm run schema`: writes talk-scripts/showrunner.schema.json from the code; editors check every showrunner.yaml against it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backends } from '../backends/index.ts';
import { packageRoot } from '../package-root.ts';
import { configJsonSchema } from './json-schema.ts';

const file = join(packageRoot(), 'talk-scripts', 'showrunner.schema.json');
await writeFile(file, `${JSON.stringify(configJsonSchema(backends), undefined, 2)}\n`);
