import { messageOf } from '../errors.ts';
import type { Injected, Proof } from '../faults/fault.ts';
import type { Act, CueMoment, Injection } from '../show/show.ts';
import { withDeadline } from './deadline.ts';
import type { Stage } from './stage.ts';
import type { Tasks } from './tasks.ts';
import { pollProof, sleepUntil } from './waiting.ts';

const lookEveryMs = 300;
const proofWithinMs = 10_000;
const undoWithinMs = 10_000;

/** Whether a fault took effect, and when its `inject()` resolved. */
export type InForce = { readonly ok: true; readonly since: number } | { readonly ok: false; readonly reason: string };

export interface InjectionRun {
  readonly act: Act;
  readonly injection: Injection;
  /** The act's start, from which `at` counts. */
  readonly origin: number;
  /** Aborts when the act stops playing: what has not been injected by then never is. */
  readonly playing: AbortSignal;
  readonly tasks: Tasks;
  readonly reached: (moment: CueMoment) => void;
}

/**
 * One fault of one act: waits for its time, is put in force, proven, and taken back at `for`, at `ttl`, or when it is called back,
 * until its source says that nothing of it is left. None of its promises rejects.
 */
export class UsedFault {
  readonly name: string;
  readonly act: string;
  readonly inForce: Promise<InForce>;
  /** The proof at its source, proven or not. */
  readonly proof: Promise<Proof>;
  readonly #stage: Stage;
  readonly #run: InjectionRun;
  readonly #ids: { readonly act: string; readonly fault: string; readonly on: string };
  readonly #calledBack = new AbortController();
  readonly #inForce = Promise.withResolvers<InForce>();
  readonly #proof = Promise.withResolvers<Proof>();
  #injecting: Promise<Injected> | undefined;
  #undoing: Promise<void> | undefined;
  #verified: Promise<boolean> | undefined;
  #undoneAt: number | undefined;

  constructor(stage: Stage, run: InjectionRun) {
    const { fault, on } = run.injection;
    this.name = `${fault} on ${on}`;
    this.act = run.act.name;
    this.inForce = this.#inForce.promise;
    this.proof = this.#proof.promise;
    this.#stage = stage;
    this.#run = run;
    this.#ids = { act: run.act.name, fault, on };
    run.tasks.start(`injection of ${this.name}`, stage.signal, () => this.#enter());
  }

  /** When its undo was last tried; undefined where there was nothing to undo. */
  get undoneAt(): number | undefined {
    return this.#undoneAt;
  }

  /** Takes it back, once; resolves when that is done or could not be done in time. */
  undo(): Promise<void> {
    return (this.#undoing ??= this.#takeBack());
  }

  /** Takes it back, and says whether its source shows nothing of it any more. */
  async gone(): Promise<boolean> {
    await this.undo();
    return this.#verified ?? true;
  }

  /** Like `gone`, and tries once more where it was not. */
  async undoAgain(): Promise<boolean> {
    if (await this.gone()) return true;
    this.#undoing = undefined;
    return this.gone();
  }

  async #enter(): Promise<void> {
    const { clock, emit } = this.#stage;
    const { injection, origin, playing, tasks, reached } = this.#run;
    const due = await sleepUntil(clock, origin + injection.atMs, playing).then(
      () => true,
      () => false,
    );
    if (!due) return this.#fail('the act was over before the fault was due');
    tasks.start(`time-to-live of ${this.name}`, this.#calledBack.signal, () => this.#leaveAtTtl());
    let source: Injected;
    try {
      source = await (this.#injecting = this.#inject());
    } catch (error) {
      this.#calledBack.abort();
      return this.#fail(`the injection failed: ${messageOf(error)}`);
    }
    emit({ type: 'fault-injected', ...this.#ids });
    if (this.#calledBack.signal.aborted) {
      // Called back while it was coming into force; perhaps whoever called it back has stopped waiting.
      this.#fail('it was called back before it was in force');
      await this.undoAgain();
      return;
    }
    this.#inForce.resolve({ ok: true, since: clock.now() });
    reached('injected');
    if (injection.forMs !== undefined)
      tasks.start(`end of ${this.name}`, this.#calledBack.signal, () => this.#leaveAtEnd());
    await this.#prove(source);
  }

  async #inject(): Promise<Injected> {
    const { faults, levers, clock } = this.#stage;
    const { fault: name, on, intensity, with: parameters } = this.#run.injection;
    const fault = faults[name];
    if (!fault) throw new Error(`no such fault: ${name}`);
    return fault.inject({ on, intensity, with: parameters, levers, clock, signal: this.#calledBack.signal });
  }

  #fail(reason: string): void {
    this.#conclude({ proven: false, evidence: reason });
    this.#inForce.resolve({ ok: false, reason });
  }

  async #prove(source: Injected): Promise<void> {
    const signal = this.#calledBack.signal;
    const poll = {
      clock: this.#stage.clock,
      what: `proof of ${this.name}`,
      everyMs: lookEveryMs,
      forMs: proofWithinMs,
      signal,
    };
    this.#conclude(await pollProof(poll, () => source.proof()));
  }

  #conclude(seen: Proof): void {
    const { emit, signal } = this.#stage;
    // After an interrupt nothing is concluded from a proof that was cut short.
    if (seen.proven || !signal.aborted) emit({ type: 'fault-proof', ...this.#ids, ...seen });
    if (!seen.proven && !signal.aborted)
      emit({ type: 'trouble', message: `${this.name} is not proven: ${seen.evidence}` });
    this.#proof.resolve(seen);
    if (seen.proven) this.#run.reached('proven');
  }

  async #leaveAtEnd(): Promise<void> {
    await this.#stage.clock.sleep(this.#run.injection.forMs ?? 0, this.#calledBack.signal);
    await this.undo();
  }

  async #leaveAtTtl(): Promise<void> {
    const { ttlMs } = this.#run.injection;
    await this.#stage.clock.sleep(ttlMs, this.#calledBack.signal);
    this.#stage.emit({ type: 'trouble', message: `${this.name} is removed: its time to live of ${ttlMs} ms is over` });
    await this.undo();
  }

  async #takeBack(): Promise<void> {
    const { clock, emit } = this.#stage;
    this.#calledBack.abort();
    if (!this.#injecting) return;
    let source: Injected | undefined;
    try {
      // An injection that fails has taken its own steps back.
      const entered = this.#injecting.catch(() => undefined);
      source = await withDeadline(clock, `the injection of ${this.name}`, undoWithinMs, entered);
      if (!source) return;
      await withDeadline(clock, `the undo of ${this.name}`, undoWithinMs, source.undo());
    } catch (error) {
      emit({ type: 'trouble', message: `${this.name} could not be undone: ${messageOf(error)}` });
    }
    this.#undoneAt = clock.now();
    this.#verified = this.#verify(source, this.#undoneAt);
  }

  async #verify(source: Injected | undefined, undoneAt: number): Promise<boolean> {
    const { clock, emit } = this.#stage;
    const poll = { clock, what: `look at ${this.name}`, everyMs: lookEveryMs, forMs: undoWithinMs };
    const seen = source
      ? await pollProof(poll, () => source.undone())
      : { proven: false, evidence: 'it is still being injected' };
    emit({ type: 'fault-undone', ...this.#ids, undoneAt, verified: seen.proven, evidence: seen.evidence });
    return seen.proven;
  }
}
