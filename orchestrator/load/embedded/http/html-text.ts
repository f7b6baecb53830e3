import { isTag, type AnyNode, type Element, type ParentNode } from './html-nodes.ts';

const voids = new Set('area base br col embed hr img input keygen link meta param source track wbr'.split(' '));
const rawTexts = new Set('iframe noembed noframes noscript plaintext script style xmp'.split(' '));
const formatting = new Set('a b big code em font i nobr s small strike strong tt u'.split(' '));
const newlineFirst = new Set(['listing', 'pre', 'textarea']);

/** What is inside a node as HTML, written as Go's golang.org/x/net/html does, which k6 shows. */
export function innerHtml(node: AnyNode | undefined): string {
  return node && 'children' in node ? node.children.map(outerHtml).join('') : '';
}

function outerHtml(node: AnyNode): string {
  if (node.nodeType === 3) return isRaw(node.parent) ? node.data : escaped(node.data);
  if (node.nodeType === 8) return `<!--${node.data}-->`;
  if (isTag(node)) return elementHtml(node);
  return node.nodeType === 1 ? `<${node.data}>` : innerHtml(node);
}

function elementHtml(element: Element): string {
  const attributes = attributesOf(element).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const start = `<${element.name}${attributes.join('')}`;
  if (voids.has(element.name)) return `${start}/>`;
  const [first] = element.children;
  const newline = newlineFirst.has(element.name) && first?.nodeType === 3 && first.data.startsWith('\n') ? '\n' : '';
  return `${start}>${newline}${innerHtml(element)}</${element.name}>`;
}

/** Go sorts those of elements that only change how a text looks. */
function attributesOf({ name, attribs }: Element): [string, string][] {
  const attributes = Object.entries(attribs);
  return formatting.has(name) ? attributes.toSorted(([a], [b]) => (a < b ? -1 : 1)) : attributes;
}

const isRaw = (parent: ParentNode | null): boolean => parent !== null && isTag(parent) && rawTexts.has(parent.name);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  '\r': '&#13;',
};

const escaped = (text: string): string => text.replaceAll(/[&'<>"\r]/g, (one) => entities[one] ?? one);
