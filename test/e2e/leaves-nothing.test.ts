import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Summary } from '../../orchestrator/reports/summarise.ts';
import { eventsSoFar, eventually, onlyRun, showrunner, start, temporaryFolder } from '../support/showrunner.ts';
import { showFolder, slowBank } from '../support/show-folder.ts';

const show = showFolder('slow-bank', slowBank);

interface Process {
  readonly pid: number;
  readonly command: string;
  /** Since boot, in clock ticks: with the pid it names a process for good. */
  readonly startedAt: string;
}

/** Every process below `pid`, at any depth. */
function descendants(pid: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)) ?? []);
  const children = (parent: number): (Process & { parent: number })[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...children(one.pid)]);
  return children(pid);
}

function look(pid: number): (Process & { parent: number }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return { pid, command, parent: Number(fields[1]), startedAt: fields[19] ?? '' };
  } catch (error) {
    // It has ended in the meantime.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return undefined;
    throw error;
  }
}

const alive = ({ pid, startedAt }: Process): boolean => look(pid)?.startedAt === startedAt;

/** The inodes of the TCP sockets that these processes listen on. */
function listening(processes: readonly Process[]): string[] {
  const sockets = new Set(
    processes.flatMap(({ pid }) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
          throw error;
        }
      }),
    ),
  );
  const listen = '0A';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listen && sockets.has(fields[9] ?? ''))
    .map((fields) => fields[1] ?? '');
}

async function untilInForce(runsDir: string): Promise<void> {
  await eventually('fault in force', 60_000, () => eventsSoFar(runsDir).find((event) => event.type === 'fault-proof'));
}

test('after kill -9 in the middle of an act nothing is left within 10 s', async () => {
  const runsDir = temporaryFolder('runs');
  const { process: child, finished } = start(['check', show, '--runs-dir', runsDir]);
  await untilInForce(runsDir);
  const pid = child.pid ?? 0;
  const processes = descendants(pid);
  const ports = listening([...processes, ...[look(pid) ?? []].flat()]);
  const folders = processes.flatMap(({ command }) => /\S*showrunner-\S*?\/[^/\s]+(?=\/)/.exec(command)?.[0] ?? []);
  // The shop, Postgres with its backends, the network proxy, the load: otherwise this test looks at nothing.
  expect(processes.length).toBeGreaterThan(12);
  expect(ports.length).toBeGreaterThan(15);
  expect(folders.length).toBeGreaterThan(0);
  const telemetry = join(onlyRun(runsDir), 'telemetry');
  expect(existsSync(telemetry)).toBe(true);
  child.kill('SIGKILL');
  await finished;
  await eventually('end of every process', 10_000, () => (processes.some(alive) ? undefined : true));
  const open = new Set(
    readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => fields[1]),
  );
  expect(ports.filter((port) => open.has(port))).toEqual([]);
  await eventually('removal of the folders', 10_000, () =>
    [...folders, telemetry].some((folder) => existsSync(folder)) ? undefined : true,
  );
  expect(await showrunner('clean')).toEqual({ code: 0, stdout: 'nothing is left of any run\n', stderr: '' });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s takes the fault back, stops everything and reports an interrupted run',
  async (signal) => {
    const runsDir = temporaryFolder('runs');
    const { process: child, finished } = start(['run', show, '--runs-dir', runsDir]);
    await untilInForce(runsDir);
    const processes = descendants(child.pid ?? 0);
    child.kill(signal);
    expect((await finished).code).toBe(130);
    expect(processes.filter(alive)).toEqual([]);
    const summary = JSON.parse(readFileSync(join(onlyRun(runsDir), 'summary.json'), 'utf8')) as Summary;
    expect(summary.run.outcome).toBe('interrupted');
    expect(summary.leftovers).toEqual([]);
    expect(summary.acts[1]?.faults[0]).toMatchObject({ undoVerified: true });
    // The show was cut before every verdict could be reached.
    expect(summary.acts[1]?.expectations.map(({ verdict }) => verdict)).toContain('unverified');
  },
);
