import { callKinds } from '../k6/call-kinds.ts';
import type { Sample } from '../metrics/samples.ts';
import { ScriptFailure, type HostOperations } from '../vu-host.ts';
import { errorReply, interrupted, replyOf, requestReply, type Reply } from './replies.ts';

/** A script that computes longer than this without asking the engine for anything is cut off, for all virtual users share a thread. */
export const longestStretchMs = 5000;

const ignore = (): void => undefined;

/** What one virtual user asks of the engine during a call, and what of it is still to come. */
export class HostCalls {
  readonly #operations: HostOperations;
  #samples: Sample[] = [];
  /** Answers to what the guest has started, by its ids. */
  #answers: (readonly [id: number, reply: string])[] = [];
  /** Counts the calls: an answer that comes after its call is nobody's. */
  #turn = 0;
  #stretchStartedAt = performance.now();
  /** Goes on with whatever is suspended or waited for. */
  #wake: (reply: string) => void = ignore;
  /** The guest is answered nothing any more, and is cut off where it computes. */
  isInterrupted = false;
  /** Something was started in this call. */
  hasStarted = false;

  constructor(operations: HostOperations) {
    this.#operations = operations;
  }

  /** A call begins. */
  begin(): void {
    this.isInterrupted = false;
    this.hasStarted = false;
    this.#turn += 1;
    this.#answers = [];
    this.#wake = ignore;
    this.breathe();
  }

  /** The script has not computed up to now. */
  breathe(): void {
    this.#stretchStartedAt = performance.now();
  }

  get isOverdue(): boolean {
    return performance.now() - this.#stretchStartedAt > longestStretchMs;
  }

  interrupt(): void {
    this.isInterrupted = true;
    this.#wake(interrupted);
  }

  keep(samples: readonly Sample[]): void {
    this.#samples.push(...samples);
  }

  /** Those that came before the call's report. */
  takeSamples(): readonly Sample[] {
    const taken = this.#samples;
    this.#samples = [];
    return taken;
  }

  /** Answers to what was started, as soon as there are any. Throws a ScriptFailure where the call is interrupted. */
  async answers(): Promise<readonly (readonly [id: number, reply: string])[]> {
    if (this.#answers.length === 0) {
      const reply = this.isInterrupted ? interrupted : await new Promise<string>((resolve) => (this.#wake = resolve));
      if (reply === interrupted) throw new ScriptFailure({ name: 'InternalError', message: 'interrupted', stack: '' });
    }
    this.breathe();
    return this.#answers.splice(0);
  }

  /** Answers one call from inside, as in `k6/call-kinds.ts`; a promise suspends the guest. */
  serve(kind: number, first: string, payload: string): Reply | Promise<Reply> {
    if (this.isInterrupted) return interrupted;
    if (kind === callKinds.samples) {
      const samples = JSON.parse(first) as Sample[];
      // While a script is loaded there is nobody to take them.
      if (this.#operations['test.samples']) this.#operate('test.samples', samples);
      else this.keep(samples);
      return undefined;
    }
    if (kind === callKinds.start) {
      this.#start(first, payload);
      return undefined;
    }
    try {
      if (kind === callKinds.request) return this.#answered(this.#operate('http.send', first), requestReply);
      return this.#answered(this.#operate(first, kind === callKinds.text ? payload : JSON.parse(payload)), replyOf);
    } catch (error) {
      return errorReply(error);
    }
  }

  #start(operation: string, payload: string): void {
    this.hasStarted = true;
    const space = payload.indexOf(' ');
    const id = Number(payload.slice(0, space));
    const turn = this.#turn;
    const settled = (reply: Reply): void => {
      if (turn !== this.#turn) return;
      this.#answers.push([id, reply ?? 'jnull']);
      this.#wake('');
    };
    const begin = async (): Promise<unknown> => this.#operate(operation, JSON.parse(payload.slice(space + 1)));
    begin().then(
      (value) => settled(replyOf(value)),
      (error: unknown) => settled(errorReply(error)),
    );
  }

  #operate(operation: string, value: unknown): unknown {
    const found = this.#operations[operation];
    if (!found) throw new Error(`the embedded engine has no operation ${operation}`);
    return found(value as never);
  }

  #answered(answer: unknown, toReply: (value: unknown) => Reply): Reply | Promise<Reply> {
    if (!(answer instanceof Promise)) return toReply(answer);
    return new Promise((resolve) => {
      const goOn = (reply: Reply): void => {
        // It was interrupted, and this answer is nobody's: another call may be waiting by now.
        if (this.#wake !== wake) return;
        // What a virtual user refers to between two iterations gets old, and that is dear to collect.
        this.#wake = ignore;
        this.breathe();
        resolve(reply);
      };
      const wake = (reply: string): void => {
        if (reply === interrupted) goOn(reply);
      };
      this.#wake = wake;
      answer.then(
        (value) => goOn(toReply(value)),
        (error: unknown) => goOn(errorReply(error)),
      );
    });
  }
}
