import type { InstanceState } from '../running/instance.ts';
import { statFields } from './identity.ts';

/** What the kernel says of a process, by the state in /proc/<pid>/stat: proc_pid_stat(5). */
export function stateOf(pid: number, name: string): InstanceState {
  const letter = pid > 0 ? statFields(pid)?.[0] : undefined;
  if (letter === undefined || letter === 'Z' || letter === 'X')
    return { state: 'down', words: `${name} has no process` };
  const words = `process ${pid} of ${name} is in state ${letter}`;
  return letter === 'T' ? { state: 'paused', words: `${words} (stopped)` } : { state: 'running', words };
}
