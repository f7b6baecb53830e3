import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './showrunner.ts';

const pidFile = '/var/run/docker.pid';

/** Ends the engine of this machine, as a restart of its service would. Only where it is there for the tests. */
export async function endEngine(): Promise<void> {
  if (!process.env['CI'] && !process.env['SHOWRUNNER_TEST_MAY_END_ENGINE']) {
    throw new Error(
      'this test ends the container engine: set SHOWRUNNER_TEST_MAY_END_ENGINE=1 where nobody else needs it',
    );
  }
  const pid = Number(readFileSync(pidFile, 'utf8'));
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; existsSync(`/proc/${pid}`); waited += 1) {
    if (waited > 300) throw new Error('the engine does not end');
    await sleep(100);
  }
}

export function startEngine(): void {
  execFileSync(join(root, '.ci/start-engine.sh'), { stdio: 'inherit' });
}

/** The output of a command line of Docker's client. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

/** Everything on the engine that carries a label of ours. */
export function ours(): string[] {
  const filter = ['--filter', 'label=showrunner.run', '--format'];
  return [
    docker('ps', '-a', ...filter, 'container {{.Names}}'),
    docker('network', 'ls', ...filter, 'network {{.Name}}'),
    docker('volume', 'ls', ...filter, 'volume {{.Name}}'),
  ]
    .flatMap((list) => list.split('\n'))
    .filter(Boolean);
}
