// A parent to be killed: starts a load, prints the engine's process id (`undefined` where it has none here), and waits.
import { loadEngines } from '../../orchestrator/load/index.ts';

const [name, script] = process.argv.slice(2) as [keyof typeof loadEngines, string];
const run = await loadEngines[name].start({
  script,
  env: {},
  logFile: `${script}.log`,
  signal: new AbortController().signal,
  onProgress: () => undefined,
});
process.stdout.write(String(run.pid));
