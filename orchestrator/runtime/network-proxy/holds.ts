/** No hold lasts longer, whatever becomes of the one who asked for it. */
const leaseMs = 2000;

/** Upstreams that get no new connection for a moment: clients are accepted and wait. */
export class Holds {
  readonly #held = new Map<
    string,
    { readonly over: Promise<void>; readonly end: () => void; readonly lease: NodeJS.Timeout }
  >();

  start(upstream: string): void {
    this.end(upstream);
    const { promise, resolve } = Promise.withResolvers<void>();
    const lease = setTimeout(() => this.end(upstream), leaseMs);
    this.#held.set(upstream, { over: promise, end: resolve, lease });
  }

  end(upstream: string): void {
    const hold = this.#held.get(upstream);
    this.#held.delete(upstream);
    clearTimeout(hold?.lease);
    hold?.end();
  }

  /** Resolves when connections may be made; undefined when they may at once. */
  of(upstream: string): Promise<void> | undefined {
    return this.#held.get(upstream)?.over;
  }
}
