import duckdb from '@duckdb/node-bindings';
import { BIGINT, BLOB, DuckDBDataChunk, type DuckDBType, INTEGER, UTINYINT, VARCHAR } from '@duckdb/node-api';
import { noText, rowWords, type SpanRows } from './span-rows.ts';

/** DuckDB's own size of a chunk of rows. */
export const chunkRows = 2048;

/** A column of the table of spans, and the word of a row where its value begins (see `at`). */
export type SpanColumn = readonly [name: string, type: DuckDBType, word: number];

/**
 * A chunk of rows, for DuckDB's appender. A value at a time through its API costs as much as all else that is done for a span,
 * so whole vectors are written as they are laid out in memory, `duckdb_string_t` of duckdb.h for text:
 * the length; then up to 12 bytes themselves, or the first 4 and a pointer to all of them.
 * The text of all rows is one BLOB in a vector of its own, which every text of the chunk points into; appending copies it, so that must come before the next chunk.
 */
export function spanChunk(columns: readonly SpanColumn[], slice: Slice): DuckDBDataChunk {
  chunk ??= DuckDBDataChunk.create(columns.map(([, type]) => type));
  chunk.reset();
  chunk.rowCount = slice.count;
  for (const [index, [, type, word]] of columns.entries()) {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
    missing = 0;
    const bytes = layouts.get(type)?.(slice, word);
    if (bytes === undefined) throw new Error(`no span has a ${type.toString()}`);
    duckdb.copy_data_to_vector(vector, 0, values.buffer, 0, bytes);
    if (missing > 0) setMissing(vector, slice.count);
  }
  return chunk;
}

/** Used for all chunks, since all are of the same columns. */
let chunk: DuckDBDataChunk | undefined;

/** Rows from one on, at most `chunkRows`. */
export interface Slice {
  readonly rows: SpanRows;
  readonly from: number;
  readonly count: number;
}

/** Memory of one vector, used by each in turn: its values, a bit for each that is there, and how many are not. */
const values = new Uint32Array(4 * chunkRows);
const bytesOfValues = new Uint8Array(values.buffer);
const known = new Uint8Array(chunkRows / 8);
let missing = 0;

/** Lay a column out in `values`, by its type, and return how many bytes it takes. */
const layouts = new Map<DuckDBType, (slice: Slice, word: number) => number>([
  [VARCHAR, layOutText],
  [
    BIGINT,
    ({ rows: { words }, from, count }, word) => {
      for (let row = 0, base = from * rowWords + word; row < count; row += 1, base += rowWords) {
        values[2 * row] = words[base] ?? 0;
        values[2 * row + 1] = words[base + 1] ?? 0;
      }
      return 8 * count;
    },
  ],
  [
    INTEGER,
    ({ rows: { words }, from, count }, word) => {
      for (let row = 0, base = from * rowWords + word; row < count; row += 1, base += rowWords) {
        values[row] = words[base] ?? 0;
        if (words[base + 1] === 0) setUnknown(row);
      }
      return 4 * count;
    },
  ],
  [
    UTINYINT,
    ({ rows: { words }, from, count }, word) => {
      const base = from * rowWords + word;
      for (let row = 0; row < count; row += 1) bytesOfValues[row] = words[base + row * rowWords] ?? 0;
      return count;
    },
  ],
]);

function setUnknown(row: number): void {
  if (missing === 0) known.fill(0xff);
  missing += 1;
  known[row >> 3] = (known[row >> 3] ?? 0) & ~(1 << (row & 7));
}

/** Validity as DuckDB has it: a bit per row, the first one lowest, in words of 64. */
function setMissing(vector: duckdb.Vector, count: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, known.buffer, 0, Math.ceil(count / 64) * 8);
}

/** Bytes of a text that are kept in place. */
const inlineBytes = 12;

interface TextHeap {
  readonly rows: SpanRows;
  readonly generation: number;
  readonly textLength: number;
  /** The address of the text's first byte. */
  readonly address: number;
  /** Holds the memory. */
  readonly vector: duckdb.Vector;
}

/** Of the rows that were asked for last; held until there are others, and so until DuckDB has the chunk. */
let lastHeap: TextHeap | undefined;

function heapOf(rows: SpanRows): TextHeap {
  const { text, textLength, generation } = rows;
  if (lastHeap?.rows === rows && lastHeap.generation === generation && lastHeap.textLength === textLength)
    return lastHeap;
  // So long that it is not kept in place itself.
  if (textLength <= inlineBytes) throw new Error('spans without an id');
  const vector = duckdb.create_vector(BLOB.toLogicalType().logical_type, 1);
  duckdb.vector_assign_string_element_len(vector, 0, text.subarray(0, textLength));
  const bytes = duckdb.vector_get_data(vector, 16);
  // Addresses of user space have 47 bits, and so fit a double.
  const address = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true));
  lastHeap = { rows, generation, textLength, address, vector };
  return lastHeap;
}

function layOutText({ rows, from, count }: Slice, word: number): number {
  const { words, text } = rows;
  const heap = heapOf(rows).address;
  for (let row = 0, base = from * rowWords + word; row < count; row += 1, base += rowWords) {
    const offset = words[base] ?? 0;
    const length = words[base + 1] ?? 0;
    const to = 4 * row;
    values[to] = values[to + 1] = values[to + 2] = values[to + 3] = 0;
    if (offset === noText) {
      setUnknown(row);
      continue;
    }
    values[to] = length;
    const inPlace = length <= inlineBytes ? length : 4;
    for (let index = 0; index < inPlace; index += 1) bytesOfValues[4 * to + 4 + index] = text[offset + index] ?? 0;
    if (length <= inlineBytes) continue;
    const address = heap + offset;
    values[to + 2] = address;
    values[to + 3] = address / 2 ** 32;
  }
  return 16 * count;
}
