import Table from 'cli-table3';
import { duration } from '../reports/text.ts';
import { borders } from '../reports/verdict-table.ts';
import type { Ping } from './ping.ts';

/** A backend and what came of calling it. */
export interface Listed extends Ping {
  readonly name: string;
  readonly kind: string;
  /** Origin of its URL; empty where nothing is said. */
  readonly where: string;
}

export function backendTable(backends: readonly Listed[]): string {
  const table = new Table({
    head: ['backend', 'kind', 'where', 'version', 'state', 'span found after', ''],
    style: { head: [], border: [], compact: true },
    chars: borders,
  });
  for (const { name, kind, where, version, state, delayMs, said, hint } of backends) {
    const after = delayMs === undefined ? '' : duration(delayMs);
    table.push([name, kind, where, version ?? '', state, after, hint === undefined ? said : `${said}\n→ ${hint}`]);
  }
  return `${table.toString().replace(/ +$/gmu, '')}\n`;
}
