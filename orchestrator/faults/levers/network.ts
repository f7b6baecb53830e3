/** The wire between two services, through Toxiproxy's API. A link is named `caller->callee`. */
export interface NetworkLever {
  /** Adds latency to what flows back from the callee, in milliseconds, on `share` (0..1] of the connections, else on all; returns its undo. */
  delay(link: string, latencyMs: number, jitterMs: number, share?: number): Promise<() => Promise<void>>;
  /** The toxics on a link now, as the proxy reports them. */
  toxics(link: string): Promise<readonly Record<string, unknown>[]>;
  /** Milliseconds to open a connection through the link and get the answer of one health request. Rejects where there is none within `withinMs` (15 s). */
  roundTrip(link: string, withinMs?: number): Promise<number>;
}
