import type { ZodType } from 'zod';
import type { Clock } from '../clock/clock.ts';
import type { RunningShop, RuntimeCapability } from '../runtime/runtime.ts';
import type { DatabaseLever } from './levers/database.ts';
import type { FlagLever } from './levers/flags.ts';
import type { NetworkLever } from './levers/network.ts';

/** A catalogue entry: a real mechanism, how to take it back, and how to prove it at its source. */
export interface Fault<With = unknown> {
  /** What the speaker tells, one sentence. */
  readonly story: string;
  /** What really happens. */
  readonly mechanism: string;
  /** What telemetry shows while it is in force. */
  readonly signature: string;
  readonly needs: readonly RuntimeCapability[];
  /** Services, or links `caller->callee`, it can be put on; the first is the default. */
  readonly targets: readonly string[];
  /**
   * Services, or requests `METHOD /route` to them, that must have traffic for the fault to take effect. Of a fault with several
   * targets, those count whose service is named by the target that it is put on.
   */
  readonly traffic: readonly { readonly service: string; readonly route?: string }[];
  readonly with: ZodType<With>;
  /** Puts the fault in force. Every step taken is taken back by the returned `undo`, and before throwing. */
  inject(context: FaultContext<With>): Promise<Injected>;
}

export interface FaultContext<With = unknown> {
  readonly on: string;
  /** Share of the requests concerned, in (0, 1]. */
  readonly intensity: number;
  readonly with: With;
  readonly levers: Levers;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Levers {
  readonly flags: FlagLever;
  readonly database: DatabaseLever;
  readonly network: NetworkLever;
  readonly shop: RunningShop;
}

/** A fault that has been injected. */
export interface Injected {
  /** Looks once at the source (plan, log, proxy), never at a backend. Polled by the conductor until proven or out of time. */
  proof(): Promise<Proof>;
  /** Idempotent. */
  undo(): Promise<void>;
  /** Looks once at the source whether nothing of the fault is left. `proven: true` means gone. */
  undone(): Promise<Proof>;
}

/** Evidence at the source, in one English sentence with numbers. */
export interface Proof {
  readonly proven: boolean;
  readonly evidence: string;
}
