/** What a toxic may do to the connection it is put on. */
export interface Out {
  write(chunk: Buffer): void;
  /** The source is done: passes its FIN on. */
  end(): void;
  /** Passes a FIN on and then closes the whole connection. */
  close(): void;
  /** Sends RST to both sides. */
  reset(): void;
  /** Bytes that have left this toxic on this connection, kept when its attributes are changed. */
  readonly passed: number;
}

/** A toxic at work on one direction of one connection. */
export interface Stage {
  write(chunk: Buffer): void;
  end(): void;
  /** The toxic is changed or removed: whatever was held back goes out now. */
  flush(): void;
  /** The connection is gone: no timer may survive. */
  destroy(): void;
  /** Bytes held back, for backpressure. */
  readonly held: number;
}

/** One kind of toxic. All attributes are integers; sizes, rates and times in the units of Toxiproxy's README. */
export interface Toxic<Name extends string = string> {
  /** The attributes with Toxiproxy's defaults. */
  readonly attributes: Readonly<Record<Name, number>>;
  readonly open: (attributes: Readonly<Record<Name, number>>, out: Out) => Stage;
  /** Data was thrown away, so the connection cannot go on once the toxic is removed. */
  readonly closesWhenRemoved?: boolean;
}

/** Ties the attribute names of a toxic to its `open`. */
export function toxic<Name extends string>(definition: Toxic<Name>): Toxic {
  return definition;
}

/** The stage of a connection that the toxicity spares. */
export function passThrough(out: Out): Stage {
  return {
    write: (chunk) => out.write(chunk),
    end: () => out.end(),
    flush: () => undefined,
    destroy: () => undefined,
    held: 0,
  };
}
