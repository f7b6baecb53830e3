import type { Encoding, Signal } from '../otlp/decode.ts';
import type { Destination } from './destination.ts';
import type { Accepted } from './forwarder.ts';
import { type Message, readRequest, writeRequest } from './transcode.ts';

/** A request in the destination's encoding and within its limit; it can be joined with others of its signal. */
export interface Part {
  readonly bytes: Buffer;
  readonly records: number;
  /** When the tap accepted it. Epoch milliseconds. */
  readonly at: number;
}

/** What is sent of one accepted request, and how many of its records are larger, each by itself, than the destination's limit. */
export interface Parts {
  readonly parts: readonly Part[];
  readonly tooLarge: number;
}

/** The lists of a request from the outside in; records are in the last. */
const lists: Readonly<Record<Signal, readonly [resources: string, scopes: string, records: string]>> = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
};

/** Transcodes and splits an accepted request, each only where it has to be; throws on what cannot be read. */
export function partsOf(accepted: Accepted, { encoding, maxRequestBytes }: Destination): Parts {
  const { signal, records, at } = accepted;
  const bytes = transcoded(accepted, encoding);
  if (bytes.length <= maxRequestBytes) return { parts: [{ bytes, records, at }], tooLarge: 0 };
  const parts: Part[] = [];
  let tooLarge = 0;
  // Halves instead of a running size: only the encoder knows how long a message is.
  const split = (request: Message, left: number): void => {
    const half = writeRequest(signal, encoding, request);
    const halves = half.length <= maxRequestBytes ? undefined : halved(request, lists[signal]);
    if (half.length <= maxRequestBytes) parts.push({ bytes: half, records: left, at });
    else if (halves === undefined) tooLarge += left;
    else {
      // What the tap has refused of a request is in it, and was not counted.
      const first = Math.min(left, recordsIn(halves[0], lists[signal]));
      split(halves[0], first);
      split(halves[1], left - first);
    }
  };
  split(readRequest(signal, encoding, bytes), records);
  return { parts, tooLarge };
}

/** One request of several parts. Protobuf's lists continue where the same field comes again; JSON's are joined. */
export function joined(signal: Signal, encoding: Encoding, parts: readonly Part[]): Buffer {
  const [only] = parts;
  if (only && parts.length === 1) return only.bytes;
  if (encoding === 'protobuf') return Buffer.concat(parts.map(({ bytes }) => bytes));
  const [before, after] = [`{"${lists[signal][0]}":[`, ']}'];
  const inner = parts.flatMap(({ bytes }, index) => [
    Buffer.from(index === 0 ? before : ','),
    bytes.subarray(before.length, -after.length),
  ]);
  return Buffer.concat([...inner, Buffer.from(after)]);
}

function transcoded({ signal, encoding, body }: Accepted, wanted: Encoding): Buffer {
  if (encoding !== wanted) return writeRequest(signal, wanted, readRequest(signal, encoding, body));
  if (encoding === 'protobuf') return body;
  const [resources] = lists[signal];
  // Without spaces and other fields, so that `joined` knows where the list begins.
  const { [resources]: list } = JSON.parse(body.toString('utf8')) as Message;
  return Buffer.from(JSON.stringify({ [resources]: list }));
}

function halved(message: Message, [name, ...inner]: readonly string[]): readonly [Message, Message] | undefined {
  if (name === undefined) return undefined;
  const items = listOf(message, name);
  if (items.length > 1) {
    const middle = Math.ceil(items.length / 2);
    return [
      { ...message, [name]: items.slice(0, middle) },
      { ...message, [name]: items.slice(middle) },
    ];
  }
  const halves = items[0] && halved(items[0], inner);
  return (
    halves && [
      { ...message, [name]: [halves[0]] },
      { ...message, [name]: [halves[1]] },
    ]
  );
}

function recordsIn(message: Message, [name, ...inner]: readonly string[]): number {
  if (name === undefined) return pointsIn(message);
  return listOf(message, name).reduce((sum, item) => sum + recordsIn(item, inner), 0);
}

/** Of a metric its points; any other record is one. */
function pointsIn(record: Message): number {
  const { gauge, sum, histogram, exponentialHistogram, summary } = record;
  const data = gauge ?? sum ?? histogram ?? exponentialHistogram ?? summary;
  return data === undefined || data === null ? 1 : listOf(data as Message, 'dataPoints').length;
}

function listOf(message: Message, name: string): readonly Message[] {
  return (message[name] ?? []) as readonly Message[];
}
