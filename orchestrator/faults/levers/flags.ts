/** Feature flags of the running shop. The orchestrator is their source: when it is gone, every service is back at its defaults. */
export interface FlagLever {
  /** Rolls `variant` of a flag out to `share` (0..1] of the contexts; `undo` restores the definition. Resolves when the connected services have been sent it. */
  rollOut(flag: string, variant: string, share: number): Promise<() => Promise<void>>;
  /** The flags that differ from the shop's defaults now. */
  changed(): readonly string[];
}
