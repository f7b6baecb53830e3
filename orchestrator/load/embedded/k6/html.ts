// Module `k6/html`: https://grafana.com/docs/k6/latest/javascript-api/k6-html/
import { asText } from './as-text.ts';
import { callHost, callHostText, refuse } from './bridge.ts';
import { GoError } from './go-error.ts';
import { goType } from './bytes.ts';
import { idOf, read, setId, type Arg } from './html/calls.ts';
import { Element } from './html/element.ts';
import { formOf } from './http/body.ts';

export function parseHTML(source: unknown): Selection {
  return parsePage(asText(source), '');
}

export function parsePage(text: string, url: string): Selection {
  return new Selection(Number(callHostText('html.parse', text)), url);
}

type Each = (index: number, element: Element) => unknown;

/** https://grafana.com/docs/k6/latest/javascript-api/k6-html/selection/ The document itself is kept by the engine. */
export class Selection {
  readonly url: string;

  constructor(id: number, url: string) {
    setId(this, id);
    this.url = url;
  }

  attr(name: unknown, otherwise?: unknown): unknown {
    return read(this, 'attr', [asText(name)]) ?? otherwise;
  }

  data(name?: unknown): unknown {
    return read(this, 'data', name === undefined ? [] : [asText(name)]);
  }

  html(): unknown {
    return read(this, 'html');
  }

  text(): string {
    return read(this, 'text') as string;
  }

  val(): unknown {
    return read(this, 'val');
  }

  size(): number {
    return read(this, 'size') as number;
  }

  index(of?: unknown): number {
    return read(this, 'index', of === undefined ? [] : [argOf(of)]) as number;
  }

  is(by: unknown): boolean {
    return read(this, 'is', [argOf(by)]) as boolean;
  }

  each(callback: unknown): Selection {
    if (typeof callback !== 'function') throw new GoError('the argument to each() must be a function');
    this.#elements().forEach((element, at) => {
      try {
        (callback as Each)(at, element);
      } catch (error) {
        throw new GoError(`the function passed to each() failed: ${asText(error)}`);
      }
    });
    return this;
  }

  /** What the function throws is left out, as in k6. */
  map(callback: unknown): unknown[] {
    if (typeof callback !== 'function') throw new GoError('the argument to map() must be a function');
    const values: unknown[] = [];
    this.toArray().forEach((one, at) => {
      try {
        values.push((callback as (index: number, one: Selection) => unknown)(at, one));
      } catch {
        // k6 hides it, and so the script means it so.
      }
    });
    return values;
  }

  toArray(): Selection[] {
    return Array.from({ length: this.size() }, (_, at) => this.eq(at));
  }

  get(at?: unknown): unknown {
    if (at === undefined) return this.#elements();
    const size = this.size();
    return Number(at) < size && Number(at) > -size ? new Element(this.eq(at)) : undefined;
  }

  eq(at: unknown): Selection {
    return select(this, 'eq', [Math.trunc(Number(at))]);
  }

  slice(from: unknown, to?: unknown): Selection {
    const end = to === undefined || Number(to) >= this.size() ? [] : [Number(to)];
    return select(this, 'slice', [Number(from), ...end]);
  }

  serializeArray(): readonly { readonly name: string; readonly value: unknown }[] {
    return read(this, 'serializeArray') as readonly { readonly name: string; readonly value: unknown }[];
  }

  serializeObject(): Record<string, unknown> {
    return Object.fromEntries(this.serializeArray().map(({ name, value }) => [name, value]));
  }

  serialize(): string {
    return formOf(Object.entries(this.serializeObject()));
  }

  add(...args: unknown[]): Selection {
    return select(this, 'add', args.map(argOf));
  }

  children(...args: unknown[]): Selection {
    return select(this, 'children', args.map(argOf));
  }

  closest(...args: unknown[]): Selection {
    return select(this, 'closest', args.map(argOf));
  }

  contents(...args: unknown[]): Selection {
    return select(this, 'contents', args.map(argOf));
  }

  end(...args: unknown[]): Selection {
    return select(this, 'end', args.map(argOf));
  }

  filter(...args: unknown[]): Selection {
    return select(this, 'filter', args.map(argOf));
  }

  find(...args: unknown[]): Selection {
    return select(this, 'find', args.map(argOf));
  }

  first(...args: unknown[]): Selection {
    return select(this, 'first', args.map(argOf));
  }

  has(...args: unknown[]): Selection {
    return select(this, 'has', args.map(argOf));
  }

  last(...args: unknown[]): Selection {
    return select(this, 'last', args.map(argOf));
  }

  next(...args: unknown[]): Selection {
    return select(this, 'next', args.map(argOf));
  }

  nextAll(...args: unknown[]): Selection {
    return select(this, 'nextAll', args.map(argOf));
  }

  nextUntil(...args: unknown[]): Selection {
    return select(this, 'nextUntil', args.map(argOf));
  }

  not(...args: unknown[]): Selection {
    return select(this, 'not', args.map(argOf));
  }

  parent(...args: unknown[]): Selection {
    return select(this, 'parent', args.map(argOf));
  }

  parents(...args: unknown[]): Selection {
    return select(this, 'parents', args.map(argOf));
  }

  parentsUntil(...args: unknown[]): Selection {
    return select(this, 'parentsUntil', args.map(argOf));
  }

  prev(...args: unknown[]): Selection {
    return select(this, 'prev', args.map(argOf));
  }

  prevAll(...args: unknown[]): Selection {
    return select(this, 'prevAll', args.map(argOf));
  }

  prevUntil(...args: unknown[]): Selection {
    return select(this, 'prevUntil', args.map(argOf));
  }

  siblings(...args: unknown[]): Selection {
    return select(this, 'siblings', args.map(argOf));
  }

  single(...args: unknown[]): Selection {
    return select(this, 'single', args.map(argOf));
  }

  #elements(): Element[] {
    return this.toArray().map((one) => new Element(one));
  }
}

function select(selection: Selection, method: string, args: readonly Arg[]): Selection {
  return new Selection(callHost('html.select', { id: idOf(selection), method, args }) as number, selection.url);
}

function argOf(value: unknown): Arg {
  if (typeof value === 'string') return value;
  if (value instanceof Selection) return { id: idOf(value) };
  if (value instanceof Element) return { id: idOf(value.selection()) };
  if (value === null || value === undefined) return null;
  if (typeof value === 'function') refuse('a function as the argument of a method of an HTML selection');
  throw new GoError(`invalid argument, cannot use a '${goType(value)}' as a selector`);
}
