import type { Cheerio, CheerioAPI } from 'cheerio';
import { isTag, type AnyNode } from './html-nodes.ts';
import { innerHtml } from './html-text.ts';

/** A set of nodes of a document. */
export interface Selected {
  readonly $: CheerioAPI;
  readonly nodes: Cheerio<AnyNode>;
}

export type FormValue = string | readonly string[] | undefined;

/** Lower case, as `nodeName` of k6's elements; `#text`, `#document` and the like for what is no element. */
export function nodeName(nodes: Cheerio<AnyNode>): string {
  const [node] = nodes.get();
  if (!node) return '';
  return isTag(node) ? node.name : ({ root: '#document', directive: 'html' }[node.type as string] ?? `#${node.type}`);
}

/** What k6's `val()` gives; undefined for what has no value. */
export function valueOf({ $, nodes }: Selected): FormValue {
  switch (nodeName(nodes)) {
    case 'input':
      return nodes.attr('value') ?? (['radio', 'checkbox'].includes(nodes.attr('type') ?? '') ? 'on' : '');
    case 'button':
      return nodes.attr('value') ?? '';
    case 'textarea':
      return innerHtml(nodes.get(0));
    case 'option':
      return optionValue(nodes);
    case 'select': {
      const chosen = nodes.first().find('option[selected]');
      return nodes.attr('multiple') === undefined
        ? optionValue(chosen)
        : chosen.get().map((one) => optionValue($(one)));
    }
    default:
      return undefined;
  }
}

const optionValue = (nodes: Cheerio<AnyNode>): string => nodes.attr('value') ?? innerHtml(nodes.get(0));

export interface NamedValue {
  readonly name: string;
  readonly value: FormValue;
}

/** The fields of a form, by k6's rules for which of them count. */
export function formValues({ $, nodes }: Selected): NamedValue[] {
  const fields = 'input,select,textarea,keygen';
  const all = nodes.is('form') ? nodes.find(fields) : nodes.filter(fields);
  return all
    .get()
    .map((one) => $(one as AnyNode))
    .filter(counts)
    .map((one) => ({ name: one.attr('name') ?? '', value: valueOf({ $, nodes: one }) }));
}

const buttons = new Set(['submit', 'button', 'reset', 'image', 'file']);

function counts(field: Cheerio<AnyNode>): boolean {
  const {
    name = '',
    type = '',
    disabled,
    checked,
  } = field.get().flatMap((one) => (isTag(one) ? [one.attribs] : []))[0] ?? {};
  const choice = type === 'checkbox' || type === 'radio';
  return name !== '' && disabled !== 'disabled' && !buttons.has(type) && (!choice || checked === 'checked');
}

/** The `data-` attributes of the first node, or one of them, as k6 reads their values. */
export function dataOf(nodes: Cheerio<AnyNode>, name: string | undefined): unknown {
  const [node] = nodes.get();
  if (!node || !isTag(node) || Object.keys(node.attribs).length === 0) return undefined;
  if (name !== undefined) return converted(node.attribs[`data-${attributeName(name)}`]);
  const data = Object.entries(node.attribs).filter(([key]) => key.startsWith('data-') && key.length > 5);
  return Object.fromEntries(data.map(([key, value]) => [propertyName(key.slice(5)), converted(value)]));
}

function converted(value: string | undefined): unknown {
  if (value === undefined || ['', 'null', 'undefined'].includes(value)) return undefined;
  if (value.startsWith('{') || value.startsWith('[')) return parsed(value);
  if (value === 'true' || value === 'false') return value === 'true';
  // Only where writing the number gives the same text.
  return /^-?\d+(\.\d+)?$/.test(value) && String(Number(value)) === value ? Number(value) : value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Then it is a text that only looks like JSON.
    return text;
  }
}

const attributeName = (property: string): string => property.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();

/** Words that the library which k6 uses writes in capitals: https://github.com/serenize/snaker */
const capitals = new Set(
  'acl api ascii cpu css dns eof eta gpu guid html http https id ip json lhs os qps ram rhs rpc sla smtp sql ssh tcp tls ttl udp ui uid uuid uri url utf8 vm xml xmpp xsrf xss'.split(
    ' ',
  ),
);

function propertyName(attribute: string): string {
  const [first = '', ...rest] = attribute.split('-');
  return first + rest.map(wordOf).join('');
}

function wordOf(part: string): string {
  if (part === 'oauth') return 'OAuth';
  return capitals.has(part) ? part.toUpperCase() : part.slice(0, 1).toUpperCase() + part.slice(1);
}
