/** Where a request of spans in Protobuf has what must be new when it is sent again. */
interface Positions {
  readonly traceIds: readonly number[];
  readonly times: readonly number[];
}

/** A request that can be sent over and over, each time as other traces at another time. */
export interface Replayed {
  readonly spans: number;
  /** Id of one of its traces in that round. */
  traceId(round: number): string;
  /** The body of the `round`th time, which begins `roundMs` after the one before; good until the next call. */
  body(round: number, roundMs: number): Buffer;
}

export function replayed(original: Buffer): Replayed {
  const { traceIds, times } = positionsOf(original);
  const nanos = times.map((pos) => original.readBigUInt64LE(pos));
  const body = Buffer.from(original);
  return {
    spans: traceIds.length,
    traceId(round) {
      const [pos = 0] = traceIds;
      const id = Buffer.from(original.subarray(pos, pos + 16));
      id.writeUInt32BE((id.readUInt32BE() ^ round) >>> 0);
      return id.toString('hex');
    },
    body(round, roundMs) {
      const shift = BigInt(round) * BigInt(roundMs) * 1_000_000n;
      for (const pos of traceIds) body.writeUInt32BE((original.readUInt32BE(pos) ^ round) >>> 0, pos);
      for (const [index, pos] of times.entries()) body.writeBigUInt64LE((nanos[index] ?? 0n) + shift, pos);
      return body;
    },
  };
}

/** Fields of ExportTraceServiceRequest, ResourceSpans and ScopeSpans on the way to a span, from the outside in. */
const way = [1, 2, 2];
const fields = { traceId: 1, start: 7, end: 8, event: 11, eventTime: 1 } as const;

function positionsOf(body: Buffer): Positions {
  const traceIds: number[] = [];
  const times: number[] = [];
  const walk = (from: number, to: number, depth: number): void => {
    for (const { field, start, end } of fieldsOf(body, from, to)) {
      if (depth < way.length) {
        if (field === way[depth]) walk(start, end, depth + 1);
      } else if (field === fields.traceId) traceIds.push(start);
      else if (field === fields.start || field === fields.end) times.push(start);
      else if (field === fields.event) {
        for (const inner of fieldsOf(body, start, end)) if (inner.field === fields.eventTime) times.push(inner.start);
      }
    }
  };
  walk(0, body.length, 0);
  return { traceIds, times };
}

interface Field {
  readonly field: number;
  readonly start: number;
  readonly end: number;
}

/** Lengths of the wire types that have a fixed one. */
const fixed = new Map([
  [1, 8],
  [5, 4],
]);

function* fieldsOf(body: Buffer, from: number, to: number): Generator<Field> {
  let pos = from;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = body.readUInt8(pos);
      pos += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  while (pos < to) {
    const tag = varint();
    const wireType = tag % 8;
    const length = fixed.get(wireType) ?? varint();
    const start = pos;
    if (wireType !== 0) pos += length;
    yield { field: tag >>> 3, start, end: pos };
  }
}
