import type { Secret } from '../../backends/secret.ts';
import type { Encoding, Signal } from '../otlp/decode.ts';

/** Where the tap forwards what it receives, and what is accepted there. */
export interface Destination {
  /** The URL of each signal that is wanted, e.g. `{traces: 'http://127.0.0.1:4318/v1/traces'}`; the others are not sent. */
  readonly urls: Readonly<Partial<Record<Signal, string>>>;
  readonly headers: Readonly<Record<string, string | Secret>>;
  readonly encoding: Encoding;
  readonly gzip: boolean;
  /** Bytes of one request before it is packed. */
  readonly maxRequestBytes: number;
}
