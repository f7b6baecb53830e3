import { randomFillSync } from 'node:crypto';
import { callKinds, moreToCome } from './k6/call-kinds.ts';
import type { CallReport, FunctionCall, ScriptError, ScriptFace } from './protocol.ts';
import { changeFor } from './quickjs/call-change.ts';
import { GuestLoop } from './quickjs/guest-loop.ts';
import { HostCalls, longestStretchMs } from './quickjs/host-calls.ts';
import type { Image } from './quickjs/image.ts';
import { Interpreter } from './quickjs/interpreter.ts';
import { scriptErrorOf, type Reply } from './quickjs/replies.ts';
import { compileQuickJs, suspension, type Instantiate } from './quickjs/wasm.ts';
import { ScriptFailure, type HostOperations, type Vu, type VuHost, type VuHostOptions } from './vu-host.ts';

/** Promise callbacks that are cut off after a call was; a script that makes more without end is not waited for. */
const longestCleanUp = 1000;
const nothing: CallReport = { samples: [] };

/**
 * Virtual users as QuickJS interpreters: a synchronous `http.get()` suspends its interpreter, not the thread.
 * One WebAssembly instance for each, so that nothing is shared. Measured in docs/decisions/load-engine.md.
 */
export async function quickJsHost(options: VuHostOptions): Promise<VuHost> {
  const instantiate = await compileQuickJs();
  let image: Promise<Image> | undefined;
  return {
    async create(id, operations) {
      image ??= compiled(options, instantiate);
      const vu = new QuickJsVu({ id, instantiate, image: await image, options, operations });
      await vu.load();
      return vu;
    },
  };
}

/** An interpreter that has compiled the script, and has not run it. */
async function compiled({ script }: VuHostOptions, instantiate: Instantiate): Promise<Image> {
  const interpreter = new Interpreter(await instantiate(), { hostCall: () => undefined, shouldInterrupt: () => false });
  await interpreter.evaluate(script.code, 'script.js');
  return interpreter.image();
}

/** Functions of `k6/boot.ts`. */
interface GuestFunctions {
  readonly change: (change: string) => Promise<Reply>;
  readonly call: (iteration: number, iterationInTest: number, iterationOfVu: number) => Promise<Reply>;
  /** `true` or `false` */
  readonly isWaiting: () => Promise<Reply>;
  readonly settle: (id: number, reply: string) => Promise<Reply>;
  readonly report: () => Promise<Reply>;
  readonly abandonAll: () => Promise<Reply>;
}

interface Guest {
  readonly interpreter: Interpreter;
  readonly functions: GuestFunctions;
  readonly loop: GuestLoop;
}

interface Parts {
  readonly id: number;
  readonly instantiate: Instantiate;
  readonly image: Image;
  readonly options: VuHostOptions;
  readonly operations: HostOperations;
}

class QuickJsVu implements Vu {
  readonly id: number;
  face: ScriptFace = { options: {}, functions: [], metrics: [] };
  readonly #parts: Parts;
  readonly #calls: HostCalls;
  #guest: Guest | undefined;
  #last: FunctionCall | undefined;
  #isRunning = false;

  constructor(parts: Parts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#calls = new HostCalls(parts.operations);
  }

  /** Evaluates the script in an interpreter of its own. */
  async load(): Promise<void> {
    const { instantiate, image, options } = this.#parts;
    const calls = this.#calls;
    const events = {
      hostCall: (kind: number, first: string, second: string) =>
        kind === callKinds.next ? loop.onNext(first) : calls.serve(kind, first, second),
      shouldInterrupt: () => calls.isInterrupted || calls.isOverdue || !options.wanted(),
    };
    const interpreter = new Interpreter(await instantiate(image.bytes), events, image);
    const loop = new GuestLoop(() => interpreter.hostFunction('playOn')());
    calls.breathe();
    try {
      await interpreter.evaluate(firstLines(this.id, options.env), 'load.js');
    } catch (error) {
      throw new ScriptFailure(this.#named(scriptErrorOf(error)));
    }
    const find = interpreter.hostFunction.bind(interpreter);
    const functions = {
      change: find('change'),
      call: find('call'),
      isWaiting: find('isWaiting'),
      settle: find('settle'),
      report: find('report'),
      abandonAll: find('abandonAll'),
    };
    this.#last = undefined;
    this.#guest = { interpreter, functions, loop };
    this.face = JSON.parse((await find('face')()) ?? '{}') as ScriptFace;
  }

  async call(call: FunctionCall): Promise<CallReport> {
    if (!this.#guest) await this.load();
    this.#isRunning = true;
    this.#calls.begin();
    try {
      return await this.#play(this.#there(), call);
    } finally {
      this.#isRunning = false;
      this.#calls.isInterrupted = false;
    }
  }

  interrupt(): void {
    if (this.#isRunning) this.#calls.interrupt();
  }

  /** Nothing refers to the instance afterwards; its memory goes with it. */
  dispose(): void {
    this.interrupt();
    this.#guest = undefined;
  }

  #there(): Guest {
    if (!this.#guest) throw new Error('the virtual user is not there any more');
    return this.#guest;
  }

  async #play(guest: Guest, call: FunctionCall): Promise<CallReport> {
    const { functions, interpreter } = guest;
    try {
      const change = changeFor(call, this.#last);
      this.#last = call;
      if (change !== undefined) await functions.change(change);
      const report = await begin(guest, call);
      if (report !== moreToCome) {
        if (!interpreter.hasJobs) return this.#report(report);
        // What the promise callbacks have to say is in a report of its own.
        this.#calls.keep(this.#report(report).samples);
      }
      await this.#settleAll(guest);
      return this.#report(await functions.report());
    } catch (error) {
      const failure = this.#named(scriptErrorOf(error));
      if (error instanceof ScriptFailure) {
        await this.#cleanUp(guest);
        return { ...this.#report(await functions.report()), error: failure };
      }
      // V8 has stopped the interpreter somewhere; the next call gets another one.
      this.#guest = undefined;
      return { ...this.#report(undefined), error: failure };
    }
  }

  /** Runs what the call has left: promise callbacks, and answers to what it has started. */
  async #settleAll({ functions, interpreter }: Guest): Promise<void> {
    for (;;) {
      await interpreter.runJobs();
      if (!this.#calls.hasStarted || (await functions.isWaiting()) !== 'true') return;
      for (const [id, reply] of await this.#calls.answers()) {
        await functions.settle(id, reply);
        await interpreter.runJobs();
      }
    }
  }

  /** After a call was cut off: what it has left is cut off too. */
  async #cleanUp({ functions, interpreter }: Guest): Promise<void> {
    this.#calls.isInterrupted = true;
    for (let left = longestCleanUp; left > 0 && interpreter.hasJobs; left -= 1) {
      try {
        await interpreter.runJobs();
      } catch (error) {
        if (!(error instanceof ScriptFailure)) throw error;
      }
    }
    this.#calls.isInterrupted = false;
    this.#calls.breathe();
    await functions.abandonAll();
  }

  #report(text: Reply): CallReport {
    const report = text === undefined ? nothing : reportOf(text);
    const early = this.#calls.takeSamples();
    return early.length === 0 ? report : { ...report, samples: [...early, ...report.samples] };
  }

  #named(error: ScriptError): ScriptError {
    if (error.message !== 'interrupted') return error;
    if (this.#calls.isInterrupted) return { ...error, name: 'Interrupted', message: 'the iteration was interrupted' };
    const message = `the script computed for more than ${longestStretchMs / 1000} s without a pause`;
    return { ...error, name: 'Error', message, isOverdue: true };
  }
}

let lastReport = { text: '', report: nothing };
/** A longer one, as of `setup`, is not kept. */
const longestKept = 10_000;

/** Iterations that do no more than check something mostly report the same as the one before, whosever that was. */
function reportOf(text: string): CallReport {
  if (text === lastReport.text) return lastReport.report;
  const report = JSON.parse(text) as CallReport;
  if (text.length <= longestKept) lastReport = { text, report };
  return report;
}

/** Plays up to the first `await`; gives the report, or that there is more to come. */
function begin({ functions, loop }: Guest, { iteration, scenario }: FunctionCall): Promise<Reply> {
  const { iterationInTest = 0, iterationOfVu = 0 } = scenario ?? {};
  // An instance of the build with Asyncify can be suspended in one place only, which the loop would keep.
  if (suspension === 'asyncify') return functions.call(iteration, iterationInTest, iterationOfVu);
  return loop.play(`${iteration} ${iterationInTest} ${iterationOfVu}`);
}

/** Runs the compiled script as this virtual user. */
function firstLines(id: number, env: Readonly<Record<string, string>>): string {
  const seed = JSON.stringify([...randomFillSync(new Int32Array(4))]);
  return `Object.assign(globalThis, { __ENV: ${JSON.stringify(env)}, __VU: ${id}, hostSeed: ${seed} }); await loadScript();`;
}
