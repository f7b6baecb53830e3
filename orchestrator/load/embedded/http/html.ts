import { load, type Cheerio, type CheerioAPI } from 'cheerio';
import { isTag, type AnyNode } from './html-nodes.ts';
import type { HostOperations } from '../vu-host.ts';
import { dataOf, formValues, nodeName, valueOf, type Selected } from './html-values.ts';
import { innerHtml } from './html-text.ts';
import { notPlayed } from './outgoing.ts';
import { formatUrl, parseUrl, resolveUrl } from './url.ts';

/** A call of a method of k6's Selection: https://grafana.com/docs/k6/latest/javascript-api/k6-html/selection/ */
interface Call {
  readonly id: number;
  readonly method: string;
  /** Texts and numbers, other selections by their ids. */
  readonly args: readonly (string | number | { readonly id: number } | null)[];
}

type Args = readonly (string | number | Cheerio<AnyNode> | undefined)[];

/** Methods that give a selection. */
const selectors: Readonly<Record<string, (nodes: Cheerio<AnyNode>, args: Args, $: CheerioAPI) => Cheerio<AnyNode>>> = {
  add: (nodes, [other]) => nodes.add(other as string),
  children: (nodes, [filter]) => nodes.children(filter as string | undefined),
  closest: (nodes, [to]) => nodes.closest(to as string),
  contents: (nodes) => nodes.contents(),
  end: (nodes) => nodes.end(),
  eq: (nodes, [at]) => nodes.eq(at as number),
  filter: (nodes, [by]) => nodes.filter(by as string),
  find: (nodes, [by]) => nodes.find(by as string),
  first: (nodes) => nodes.first(),
  has: (nodes, [by]) => nodes.has(by as string),
  last: (nodes) => nodes.last(),
  next: (nodes, [filter]) => nodes.next(filter as string),
  nextAll: (nodes, [filter]) => nodes.nextAll(filter as string),
  nextUntil: (nodes, [until, filter]) => nodes.nextUntil(until as string, filter as string),
  not: (nodes, [by]) => nodes.not(by as string),
  parent: (nodes, [filter]) => nodes.parent(filter as string),
  parents: (nodes, [filter]) => nodes.parents(filter as string),
  parentsUntil: (nodes, [until, filter]) => nodes.parentsUntil(until as string, filter as string),
  prev: (nodes, [filter]) => nodes.prev(filter as string),
  prevAll: (nodes, [filter]) => nodes.prevAll(filter as string),
  prevUntil: (nodes, [until, filter]) => nodes.prevUntil(until as string, filter as string),
  siblings: (nodes, [filter]) => nodes.siblings(filter as string),
  single: (nodes, [by]) => nodes.find(by as string).first(),
  slice: (nodes, [from, to]) => nodes.slice(from as number, to as number | undefined),
};

/** Methods that give a value; undefined is none. */
const readers: Readonly<Record<string, (selected: Selected, args: Args) => unknown>> = {
  attr: ({ nodes }, [name]) => nodes.attr(name as string),
  attributes: ({ nodes }) => nodes.get().flatMap((one) => (isTag(one) ? [one.attribs] : []))[0] ?? {},
  contains: ({ nodes }, [other]) =>
    nodes.get().some((one) =>
      (other as Cheerio<AnyNode>)
        .parents()
        .get()
        .includes(one as never),
    ),
  data: ({ nodes }, [name]) => dataOf(nodes, name as string | undefined),
  html: ({ nodes }) => (nodes.length === 0 ? '' : innerHtml(nodes.get(0))),
  index: ({ nodes }, [of]) => (of === undefined ? nodes.index() : nodes.index(of as string)),
  is: ({ nodes }, [by]) => nodes.is(by as string),
  nodeName: ({ nodes }) => nodeName(nodes),
  same: ({ nodes }, [other]) => nodes.get(0) === (other as Cheerio<AnyNode>).get(0),
  serializeArray: (selected) => formValues(selected),
  size: ({ nodes }) => nodes.length,
  text: ({ nodes }) => nodes.text(),
  val: (selected) => valueOf(selected),
};

interface PageQuery {
  readonly body: string;
  readonly url: string;
}

/** The HTML documents that one virtual user has parsed, and the selections in them, by number. */
export class HtmlDocuments {
  readonly operations: HostOperations = {
    'html.parse': (text: string) => this.#keep(rootOf(text)),
    'html.select': (call: Call) => this.#select(call),
    'html.read': (call: Call) => this.#read(call),
    'html.form': formOf,
    'html.link': linkOf,
    'html.query': ({ url, query }: { url: string; query: string }) =>
      formatUrl({ ...parseUrl(url), query: query === '' ? '' : `?${query}` }),
    'html.text': (base64: string) => Buffer.from(base64, 'base64').toString(),
  };
  readonly #kept = new Map<number, Selected>();
  #last = 0;
  /** Those that were made while the script was loaded stay. */
  #first: number | undefined;

  /** Before each call: the selections of the one before are forgotten. */
  begin(): void {
    this.#first ??= this.#last;
    if (this.#last === this.#first) return;
    for (const id of this.#kept.keys()) if (id > this.#first) this.#kept.delete(id);
  }

  #keep(selected: Selected): number {
    this.#last += 1;
    this.#kept.set(this.#last, selected);
    return this.#last;
  }

  #find(id: number): Selected {
    const found = this.#kept.get(id);
    if (!found) throw notPlayed('an HTML selection that an earlier iteration has made');
    return found;
  }

  #select({ id, method, args }: Call): number {
    const { $, nodes } = this.#find(id);
    const select = selectors[method];
    if (!select) throw notPlayed(`Selection.${method}()`);
    return this.#keep({ $, nodes: guarded(() => select(nodes, this.#args(args), $)) });
  }

  #read({ id, method, args }: Call): unknown {
    const read = readers[method];
    if (!read) throw notPlayed(`Selection.${method}()`);
    return guarded(() => read(this.#find(id), this.#args(args)));
  }

  #args(args: Call['args']): Args {
    return args.map((one) => (typeof one === 'object' ? (one === null ? undefined : this.#find(one.id).nodes) : one));
  }
}

/** Not every selector that k6 has is known here, and which are none in k6 either cannot be told. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw notPlayed(`an HTML selector (${error instanceof Error ? error.message : String(error)})`);
  }
}

function rootOf(text: string): Selected {
  const $ = load(text);
  return { $, nodes: $.root() };
}

/** What submitting a form would send, or null where there is none. */
function formOf(query: PageQuery & { readonly formSelector: string; readonly submitSelector: string }): object | null {
  const { $, nodes } = rootOf(query.body);
  const form = nodes.find(query.formSelector) as Cheerio<AnyNode>;
  if (form.length === 0) return null;
  const values = Object.fromEntries(formValues({ $, nodes: form }).map(({ name, value }) => [name, value]));
  const submit = form.find(query.submitSelector) as Cheerio<AnyNode>;
  const [name, value] = [submit.attr('name'), valueOf({ $, nodes: submit })];
  if (name !== undefined && value !== undefined) values[name] = value;
  const action = form.attr('action');
  return {
    method: (form.attr('method') ?? 'GET').toUpperCase(),
    action: action === undefined ? query.url : resolved(query.url, action),
    values,
  };
}

/** Where a link leads: null where there is no such element, `url: null` where it leads nowhere. */
function linkOf(query: PageQuery & { readonly selector: string }): { readonly url: string | null } | null {
  const link = rootOf(query.body).nodes.find(query.selector) as Cheerio<AnyNode>;
  if (link.length === 0) return null;
  const href = link.attr('href');
  return { url: href === undefined ? null : resolved(query.url, href) };
}

const resolved = (base: string, reference: string): string => formatUrl(resolveUrl(parseUrl(base), reference));
