/** One value of a metric as k6 writes it with `--out csv`. */
export interface K6Sample {
  readonly metric: string;
  /** Epoch ms. */
  readonly at: number;
  readonly value: number;
  /** The value of a tag of this sample, empty where it has none; parsed only when it is asked for. */
  tag(name: string): string;
}

const newline = 10;
const comma = 44;
const quote = 34;

/**
 * Reads what k6 writes with `--out csv` and `K6_CSV_TIME_FORMAT=unix_milli`, in whatever pieces it comes: memory stays at one line. Of the many
 * samples of a request only those of the metrics in `wanted` are looked at, and of a line no more than is asked for.
 */
export class SampleReader {
  readonly #wanted: ReadonlySet<string>;
  readonly #onSample: (sample: K6Sample) => void;
  #rest: Buffer = Buffer.alloc(0);
  #columns: readonly string[] | undefined;

  constructor(wanted: Iterable<string>, onSample: (sample: K6Sample) => void) {
    this.#wanted = new Set(wanted);
    this.#onSample = onSample;
  }

  push(chunk: Buffer): void {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const ends = new RecordEnds(text);
    let from = 0;
    for (let end = ends.after(from); end !== -1; end = ends.after(from)) {
      this.#line(text, from, end);
      from = end + 1;
    }
    this.#rest = text.subarray(from);
  }

  #line(text: Buffer, from: number, end: number): void {
    if (this.#columns === undefined) {
      this.#columns = fieldsOf(text.toString('utf8', from, end));
      return;
    }
    const afterName = text.indexOf(comma, from);
    const metric = text.toString('latin1', from, afterName);
    if (!this.#wanted.has(metric)) return;
    const afterTime = text.indexOf(comma, afterName + 1);
    const afterValue = text.indexOf(comma, afterTime + 1);
    const columns = this.#columns;
    let fields: readonly string[] | undefined;
    this.#onSample({
      metric,
      at: Number(text.toString('latin1', afterName + 1, afterTime)),
      value: Number(text.toString('latin1', afterTime + 1, afterValue)),
      tag(name) {
        fields ??= fieldsOf(text.toString('utf8', from, end));
        return fields[columns.indexOf(name)] ?? '';
      },
    });
  }
}

/** Where the records of a text end: at line feeds that are in no quotes (RFC 4180). */
class RecordEnds {
  readonly #text: Buffer;
  /** Of the next quote that has not been passed yet, so that a text with few of them is looked through once. */
  #quoteAt: number;

  constructor(text: Buffer) {
    this.#text = text;
    this.#quoteAt = this.#find(quote, 0);
  }

  /** -1 where the end of the record that begins at `from` has not come yet. */
  after(from: number): number {
    let end = this.#find(newline, from);
    let inQuotes = false;
    while (end !== Infinity) {
      for (; this.#quoteAt < end; this.#quoteAt = this.#find(quote, this.#quoteAt + 1)) inQuotes = !inQuotes;
      if (!inQuotes) return end;
      end = this.#find(newline, end + 1);
    }
    return -1;
  }

  #find(byte: number, from: number): number {
    const at = this.#text.indexOf(byte, from);
    return at === -1 ? Infinity : at;
  }
}

/** The fields of a record: those with a comma, a quote or a line feed in them are in quotes, and a quote in them is doubled. */
function fieldsOf(record: string): readonly string[] {
  const fields = record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
