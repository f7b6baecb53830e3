// `npm run capabilities`: writes the table of orchestrator/backends/README.md from the code.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import { withCapabilities } from './capability-table.ts';

const file = join(packageRoot(), 'orchestrator', 'backends', 'README.md');
writeFileSync(file, withCapabilities(readFileSync(file, 'utf8')));
