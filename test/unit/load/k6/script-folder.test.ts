import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { scriptFolder } from '../../../../orchestrator/load/k6/script-folder.ts';

const dir = mkdtempSync(join(tmpdir(), 'script-folder-'));
afterAll(() => rmSync(dir, { recursive: true }));

function written(path: string, text: string): string {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
  return join(dir, path);
}

test('a script that imports nothing needs its own folder', async () => {
  const script = written(
    'a/scripts/alone.js',
    "import http from 'k6/http';\nopen('data.json');\nexport default () => http;\n",
  );
  expect(await scriptFolder(script)).toBe(join(dir, 'a/scripts'));
});

test('the folder holds the imports and what they open, however far away', async () => {
  written('b/data/pages.json', '[]');
  written(
    'b/shared/lib/pages.ts',
    "import exec from 'k6/execution';\nexport const pages = open(\n  '../../data/pages.json',\n); exec;\n",
  );
  const script = written(
    'b/scripts/load/own.ts',
    "import { pages } from '../../shared/lib/pages.ts';\nexport default () => pages;\n",
  );
  expect(await scriptFolder(script)).toBe(join(dir, 'b'));
});

test('a script that does not compile is given its folder, for k6 to say what is wrong', async () => {
  const script = written('c/broken.ts', "import { x } from '../nowhere.ts'\nconst = ;\n");
  expect(await scriptFolder(script)).toBe(join(dir, 'c'));
});

test('neighbours of a name that begins alike have only their parent in common', async () => {
  written('d/lib-two/x.ts', 'export const x = 1;\n');
  const script = written('d/lib/own.ts', "import { x } from '../lib-two/x.ts';\nexport default () => x;\n");
  expect(await scriptFolder(script)).toBe(join(dir, 'd'));
});
