// `npm run schema`: writes talk-scripts/show.schema.json from the code; editors check every show.yaml against it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectationKinds } from '../expectations/kinds/index.ts';
import { catalogue } from '../faults/catalogue/index.ts';
import { packageRoot } from '../package-root.ts';
import { showJsonSchema } from './json-schema.ts';

const schema = showJsonSchema({ faults: catalogue, kinds: expectationKinds });
await writeFile(join(packageRoot(), 'talk-scripts', 'show.schema.json'), `${JSON.stringify(schema, null, 2)}\n`);
