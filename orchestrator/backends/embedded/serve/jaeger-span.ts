import type { Attributes } from '../../backend.ts';
import type { SpanRow } from '../traces.ts';

export type Pair = readonly [key: string, value: string | number | boolean];

/** What the JSON text of a row says; Jaeger sorts attributes by name unless it is asked for what it was sent. */
export interface SpanTexts {
  readonly attributes: readonly Pair[];
  readonly resource: readonly Pair[];
  readonly events: readonly SpanEvent[];
}

interface SpanEvent {
  readonly name: string;
  /** Epoch microseconds: the store keeps no more of an event's time. */
  readonly timeMicros: number;
  readonly attributes: readonly Pair[];
}

export function textsOf(row: SpanRow, raw: boolean): SpanTexts {
  const events: readonly { name: string; timeMs: number; attributes: Attributes }[] = JSON.parse(row.events ?? '[]');
  return {
    attributes: pairs(JSON.parse(row.attributes), raw),
    resource: pairs(JSON.parse(row.resource), raw),
    events: events.map(({ name, timeMs, attributes }) => ({
      name,
      timeMicros: Math.round(timeMs * 1000),
      attributes: pairs(attributes, raw),
    })),
  };
}

function pairs(attributes: Attributes, raw: boolean): readonly Pair[] {
  const entries = Object.entries(attributes);
  return raw ? entries : sorted(entries);
}

/** By the bytes of the key, as Go sorts; for the characters that keys are made of UTF-16 has the same order. */
export function sorted(entries: readonly Pair[]): readonly Pair[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}
