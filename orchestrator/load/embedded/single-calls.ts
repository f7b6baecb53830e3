import { k6ExitCodes } from '../engine.ts';
import { otherEngines } from './advice.ts';
import type { Tags } from './metrics/samples.ts';
import { describeScriptError, type ScriptPositions } from './positions.ts';
import type { ScriptError, ScriptFace } from './protocol.ts';
import type { Settings } from './settings.ts';
import { later } from './timing.ts';
import type { VirtualUser } from './virtual-user.ts';

/** How a test went, by k6's exit code; `message` where that is not 0. */
export interface Outcome {
  readonly code: number;
  readonly message?: string;
  /** The engine lacks what the script asks for. */
  readonly notPlayed?: boolean;
}

/** What a function returned, as JSON, or why it did not. */
export interface SingleResult {
  readonly result?: unknown;
  readonly outcome?: Outcome;
}

export interface SingleCallsOptions {
  readonly face: ScriptFace;
  readonly settings: Settings;
  readonly positions: ScriptPositions;
  readonly makeUser: () => Promise<VirtualUser>;
}

type Name = 'setup' | 'teardown' | 'handleSummary';

/** The functions that a script may export to be called once, each in a virtual user of its own. */
export class SingleCalls {
  readonly #options: SingleCallsOptions;
  #interruptSetup: () => void = () => undefined;

  constructor(options: SingleCallsOptions) {
    this.#options = options;
  }

  setup(): Promise<SingleResult> {
    const { noSetup, setupTimeoutMs } = this.#options.settings;
    return noSetup ? Promise.resolve({}) : this.#call('setup', undefined, setupTimeoutMs);
  }

  teardown(data: unknown): Promise<SingleResult> {
    const { noTeardown, teardownTimeoutMs } = this.#options.settings;
    return noTeardown ? Promise.resolve({}) : this.#call('teardown', data, teardownTimeoutMs);
  }

  handleSummary(data: unknown): Promise<SingleResult> {
    return this.#call('handleSummary', data, this.#options.settings.handleSummaryTimeoutMs);
  }

  /** How long what follows the iterations may take. */
  get endWithinMs(): number {
    const { teardownTimeoutMs, handleSummaryTimeoutMs } = this.#options.settings;
    return (this.#has('teardown') ? teardownTimeoutMs : 0) + (this.#has('handleSummary') ? handleSummaryTimeoutMs : 0);
  }

  /** Ends `setup` now; what ends a test does not end the functions that follow, as in k6. */
  interrupt(): void {
    this.#interruptSetup();
  }

  thrown(error: ScriptError): Outcome {
    const text = describeScriptError(error, this.#options.positions);
    if (error.name !== 'NotPlayed') return { code: k6ExitCodes.scriptException, message: text };
    return { code: k6ExitCodes.scriptException, message: `${text}; ${otherEngines}`, notPlayed: true };
  }

  async #call(exec: Name, data: unknown, timeoutMs: number): Promise<SingleResult> {
    if (!this.#has(exec)) return {};
    const user = await this.#options.makeUser();
    let isLate = false;
    const callOff = later(timeoutMs, () => {
      isLate = true;
      user.interrupt();
    });
    if (exec === 'setup') this.#interruptSetup = () => user.interrupt();
    const call = { exec, ...(data !== undefined && { data }), vu: { idInTest: 0, idInInstance: 0 }, iteration: 0 };
    const { report, interrupted } = await user.call(call, this.#tagsOf(exec));
    callOff();
    this.#interruptSetup = () => undefined;
    user.dispose();
    if (isLate) return { outcome: timedOut(exec, timeoutMs) };
    if (interrupted) return { outcome: { code: k6ExitCodes.externalAbort } };
    if (report.error) return { outcome: this.thrown(report.error) };
    return { result: report.result };
  }

  #tagsOf(exec: Name): Tags {
    const { tags, systemTags } = this.#options.settings;
    return exec === 'handleSummary' || !systemTags.includes('group') ? tags : { ...tags, group: `::${exec}` };
  }

  #has(name: Name): boolean {
    return this.#options.face.functions.includes(name);
  }
}

function timedOut(exec: Name, ms: number): Outcome {
  const codes = {
    setup: k6ExitCodes.setupTimeout,
    teardown: k6ExitCodes.teardownTimeout,
    handleSummary: k6ExitCodes.passed,
  };
  const message = `${exec}() execution timed out after ${Math.round(ms / 1000)} seconds; its limit is the option ${exec}Timeout`;
  return { code: codes[exec], message };
}
