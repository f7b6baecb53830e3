import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { moduleOperations } from '../../orchestrator/load/embedded/host/index.ts';
import type { CallReport, ScriptFace } from '../../orchestrator/load/embedded/protocol.ts';
import { quickJsHost } from '../../orchestrator/load/embedded/quickjs-host.ts';
import { compileScript } from '../../orchestrator/load/embedded/script.ts';
import type { HostOperations } from '../../orchestrator/load/embedded/vu-host.ts';

export interface GuestPlay {
  /** What the script said, by `console` or as a warning, also while it was loaded. */
  readonly logs: readonly string[];
  readonly faces: readonly ScriptFace[];
  readonly reports: readonly CallReport[];
  /** Milliseconds of each `sleep` and timer. */
  readonly waits: readonly number[];
  readonly folder: string;
}

export interface GuestWishes {
  /** Beside the script `main.js`, by their relative paths. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What `test.options` answers. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly iterations?: number;
  readonly operations?: HostOperations;
  /** How many virtual users load it; the last one plays. */
  readonly users?: number;
}

/** Plays a script's default function in the interpreter, with the real host operations of k6's modules and no load test around it. */
export async function playGuest(script: string, wishes: GuestWishes = {}): Promise<GuestPlay> {
  const folder = mkdtempSync(join(tmpdir(), 'guest-script-'));
  try {
    for (const [path, content] of Object.entries({ ...wishes.files, 'main.js': script })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await play(folder, wishes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function play(folder: string, { options = {}, iterations = 1, operations = {}, users = 2 }: GuestWishes) {
  const compiled = await compileScript(join(folder, 'main.js'));
  const [logs, waits]: [string[], number[]] = [[], []];
  const all = {
    ...moduleOperations(compiled),
    log: ({ message }: { message: string }) => {
      logs.push(message);
    },
    'timers.wait': (ms: number) => {
      waits.push(ms);
      return new Promise<void>((resolve) => setTimeout(resolve, ms));
    },
    'test.options': () => options,
    ...operations,
  };
  const host = await quickJsHost({ script: compiled, env: { FROM: 'outside' }, wanted: () => true });
  const vus = [];
  for (let id = 0; id < users; id += 1) vus.push(await host.create(id, all));
  const reports: CallReport[] = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const vu = { idInTest: 7, idInInstance: 3 };
    const scenario = { name: 'main', executor: 'constant-vus', startTime: 1_700_000_000_000, tags: {}, env: {} };
    const counted = { ...scenario, iterationInTest: 10 + iteration, iterationOfVu: iteration };
    const report = await vus.at(-1)?.call({ exec: 'default', vu, iteration, scenario: counted });
    if (report) reports.push(report);
  }
  const faces = vus.map((vu) => vu.face);
  for (const vu of vus) vu.dispose();
  return { logs, faces, reports, waits, folder };
}

/** A script whose every expression is written down, as its value or as what it throws. */
export function tellingScript(head: string, expressions: readonly string[]): string {
  const tell = `function tell(f) { try { console.log(f()); } catch (e) { console.log(e.name + ': ' + e.message); } }`;
  return `${head}\n${tell}\nexport default function () { ${expressions.map((one) => `tell(() => ${one});`).join('\n')} }`;
}
