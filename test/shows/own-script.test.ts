// A k6 script of somebody else, who knows nothing of this project, as the load of a show: `--load path/to/script.ts`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import { provideK6Image } from '../support/k6-image.ts';
import { binaryOf } from '../support/program.ts';
import { showFolder } from '../support/show-folder.ts';
import { folderWith, onlyRun, start, temporaryFolder } from '../support/showrunner.ts';
import { notMet, verdictsOf } from '../support/summaries.ts';

/** The second route is asked for nowhere but in the data file. */
const show = showFolder(
  'visited',
  `  - act: calm
    for: 14s
    expect:
      - traffic: { service: storefront, route: GET /api/categories, rate: '>= 5/s' }
      - traffic: { service: storefront, route: GET /api/search, rate: '>= 5/s' }
`,
);

const folder = folderWith({
  'mine/visits.ts': `import { check } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import { ask, type Visit } from './lib/shop.ts';

const visits = new SharedArray<Visit>('visits', () => JSON.parse(open('./data/visits.json')) as Visit[]);

export const options = {
  scenarios: {
    visits: { executor: 'constant-arrival-rate', rate: 20, timeUnit: '1s', duration: '10m', preAllocatedVUs: 20 },
  },
};

export default function (): void {
  const visit = visits[exec.scenario.iterationInTest % visits.length]!;
  check(ask(visit), { 'is there': ({ status }) => status === 200 });
}
`,
  'mine/lib/shop.ts': `import http from 'k6/http';
export interface Visit { readonly path: string }
export const ask = ({ path }: Visit) => http.get(\`\${__ENV.BASE_URL}\${path}\`);
`,
  'mine/data/visits.json': '[{"path":"/api/categories"},{"path":"/api/search?q=te"}]',
});

const k6 = binaryOf('k6');
const engine = await connectEngine().catch((error: unknown) => {
  if (process.env['CI']) throw error;
  return undefined;
});
const hasImage = engine !== undefined && k6 !== undefined;
let removeImage = async (): Promise<void> => undefined;
beforeAll(async () => {
  if (hasImage) removeImage = await provideK6Image(engine);
});
afterAll(() => removeImage());

// k6 in a container is in the network of this machine on processes, and in that of the shop on containers.
const places = [
  { name: 'embedded', runtime: 'process', there: true },
  { name: 'k6-binary', runtime: 'process', there: k6 !== undefined },
  { name: 'k6-container', runtime: 'process', there: hasImage },
  { name: 'k6-container', runtime: 'containers', there: hasImage },
];
for (const { name, runtime, there } of places) {
  test.skipIf(!there)(`plays on ${name} with the runtime ${runtime}`, async () => {
    const runsDir = temporaryFolder('runs');
    const load = ['--load', join(folder, 'mine/visits.ts'), '--engine', name];
    const { code, stderr } = await start(['check', show, ...load, '--runtime', runtime, '--runs-dir', runsDir])
      .finished;
    const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
    expect(notMet(summary)).toEqual([]);
    expect(verdictsOf(summary)).toHaveLength(2);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(summary.run).toMatchObject({ runtime, engine: name, outcome: 'passed' });
    // Its own rate, not the show's: 20/s for 14 s.
    expect(summary.load).toMatchObject({ failed: 0, dropped: 0 });
    expect(summary.load?.requests).toBeGreaterThanOrEqual(270);
    expect(summary.footprint.processes.map((part) => part.name)).toContain('load');
    expect(summary.leftovers).toEqual([]);
  });
}
