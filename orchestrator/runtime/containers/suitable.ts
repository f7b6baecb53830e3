import { type Engine, failure } from './engine.ts';

/** What the shop takes as containers, with some air: the sum of the limits is more, what they use is less. */
const neededMb = 1500;

/** Throws a ShowrunnerError (exit code 3) for an engine that answers and cannot run the shop all the same. */
export function requireSuitable({ os, arch, memoryMb, limits }: Engine): void {
  const here = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch;
  if (os !== process.platform || arch !== here) {
    throw failure(
      'engine-platform',
      `the engine runs ${os}-${arch}, and npm has brought programs for ${process.platform}-${here}`,
      {
        hint: 'use an engine of this machine, or play with `--runtime process`',
      },
    );
  }
  if (memoryMb < neededMb) {
    throw failure('engine-memory', `the engine has ${memoryMb} MB of memory; the shop wants ${neededMb}`, {
      hint: 'give it more memory, or play with `--runtime process`',
    });
  }
  if (!limits.cpu || !limits.memory) {
    throw failure('engine-limits', 'the engine cannot limit the CPU and the memory of containers', {
      hint: 'let it use the cgroup controllers cpu and memory (`showrunner doctor` says more), or play with `--runtime process`',
    });
  }
}
