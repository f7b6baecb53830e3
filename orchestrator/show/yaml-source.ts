import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Position } from '../errors.ts';
import { maxFileBytes, type ProblemList, quote, type SourceFile, tooLarge } from './source-file.ts';

/** Keys and indexes from the top of the file. */
export type Path = readonly PropertyKey[];

/** A YAML file that could be read, and where everything in it is. */
export interface YamlSource {
  readonly value: unknown;
  /** Whether something is written at the path. */
  has(path: Path): boolean;
  /** Of the value, else of what is nearest above it. */
  valueAt(path: Path): Position;
  /** Of the key, else of the value. */
  keyAt(path: Path): Position;
}

/** An ordinary show refers to an anchor a few times; a bomb does it by the million. */
const maxAliases = 100;

/** Reads YAML; undefined when it is none, with all its errors in `problems`. */
export function readYaml(source: SourceFile, problems: ProblemList): YamlSource | undefined {
  const start = { file: source.file, line: 1, col: 1 };
  if (source.text.length > maxFileBytes) {
    const { message, hint } = tooLarge(source.file, source.text.length);
    problems.add(start, message, hint);
    return undefined;
  }
  const lines = new LineCounter();
  const place = (offset: number): Position => ({ file: source.file, ...lines.linePos(offset) });
  // `uniqueKeys` compares each key with each other one: seconds for a file with thousands. They are compared below.
  const document = parseDocument(source.text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: false,
  });
  if (!isReadable(document, { source, problems, place })) return undefined;
  const value = valueOf(document);
  if (value.error) problems.add(start, ...value.error);
  return value.error ? undefined : locate(document, value.read, place);
}

interface Parsing {
  readonly source: SourceFile;
  readonly problems: ProblemList;
  readonly place: (offset: number) => Position;
}

function isReadable(document: Document.Parsed, { source, problems, place }: Parsing): boolean {
  const exhausted = document.errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  for (const error of exhausted ? [exhausted] : document.errors) {
    problems.add(place(error.pos[0]), sentence(error), hintOf(error, source.text));
  }
  return document.errors.length === 0 && haveAnchors(document, { problems, place });
}

/** Whether every alias has an anchor above it. Reports equal keys on the way: they leave a file that can be checked further. */
function haveAnchors(document: Document.Parsed, { problems, place }: Omit<Parsing, 'source'>): boolean {
  const anchors = new Set<string>();
  let complete = true;
  visit(document, {
    Node(_, node) {
      if (isMap(node)) {
        for (const key of equalKeys(node))
          problems.add(place(rangeOf(key) ?? 0), 'this key is written twice in the same mapping', 'remove one of them');
      }
      if (isAlias(node) && !anchors.has(node.source)) {
        complete = false;
        problems.add(
          place(rangeOf(node) ?? 0),
          `there is no anchor ${quote(`&${node.source}`)} above`,
          'quotes make a text of what begins with `*`',
        );
      } else if ('anchor' in node && typeof node.anchor === 'string') anchors.add(node.anchor);
    },
  });
  return complete;
}

/** Keys that stand in the mapping before. */
function equalKeys({ items }: YAMLMap): readonly unknown[] {
  const seen = new Set<string>();
  return items.map(({ key }) => key).filter((key) => seen.size === seen.add(nameOf(key)).size);
}

function nameOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

type Value =
  { readonly read: unknown; readonly error?: undefined } | { readonly error: readonly [message: string, hint: string] };

function valueOf(document: Document.Parsed): Value {
  try {
    const read: unknown = document.toJS({ maxAliasCount: maxAliases });
    JSON.stringify(read); // Throws where an alias stands inside its own anchor.
    return { read };
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof TypeError)) throw error;
    return {
      error: [
        `aliases make this file grow without end (at most ${maxAliases} are followed)`,
        'write the values out instead of `*alias`',
      ],
    };
  }
}

function locate(document: Document.Parsed, value: unknown, place: (offset: number) => Position): YamlSource {
  const entry = finder(document);
  const valueAt = (path: Path): Position => {
    const start = rangeOf(entry(path)?.value);
    if (start !== undefined) return place(start);
    return path.length === 0 ? place(0) : keyAt(path.slice(0, -1));
  };
  const keyAt = (path: Path): Position => {
    const start = rangeOf(entry(path)?.key);
    return start === undefined ? valueAt(path) : place(start);
  };
  return {
    value,
    has: (path) => entry(path) !== undefined,
    valueAt,
    keyAt,
  };
}

interface Entry {
  readonly key?: unknown;
  readonly value: unknown;
}

/** Finds entries by path; a mapping's keys are indexed when first asked for, for a broken file may have thousands. */
function finder(document: Document.Parsed): (path: Path) => Entry | undefined {
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Entry>>();
  const indexOf = (map: YAMLMap): ReadonlyMap<string, Entry> => {
    const known = indexes.get(map);
    if (known) return known;
    const index = new Map(map.items.toReversed().map((pair): [string, Entry] => [nameOf(pair.key), pair]));
    indexes.set(map, index);
    return index;
  };
  const child = (parent: unknown, step: PropertyKey): Entry | undefined => {
    const node = isAlias(parent) ? parent.resolve(document) : parent;
    if (isSeq(node))
      return typeof step === 'number' && step < node.items.length ? { value: node.items[step] } : undefined;
    return isMap(node) ? indexOf(node).get(String(step)) : undefined;
  };
  return (path) =>
    path.reduce<Entry | undefined>((entry, step) => child(entry?.value, step), { value: document.contents });
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function sentence(error: YAMLError): string {
  if (error.code === 'MULTIPLE_DOCS') return 'more than one YAML document';
  return `not YAML: ${error.code === 'RESOURCE_EXHAUSTION' ? 'nested too deeply' : error.message}`;
}

function hintOf(error: YAMLError, text: string): string | undefined {
  if (error.code === 'TAB_AS_INDENT') return 'indent with spaces';
  if (error.code === 'MULTIPLE_DOCS') return 'one show to a file: remove the line `---` between them';
  const line = text.slice(text.lastIndexOf('\n', error.pos[0] - 1) + 1).split('\n', 1)[0] ?? '';
  const comparison = /:\s*([<>]=?[^'"},]*)/.exec(line)?.[1]?.trim();
  return comparison ? `a comparison needs quotes: '${comparison}'` : undefined;
}
