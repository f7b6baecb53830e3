import { refuse } from '../bridge.ts';
import { asText } from '../as-text.ts';
import type { Selection } from '../html.ts';
import { idOf, read, type Arg } from './calls.ts';

/** https://grafana.com/docs/k6/latest/javascript-api/k6-html/element/ What a certain tag has of its own is refused. */
export class Element {
  readonly #selection: Selection;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  selection(): Selection {
    return this.#selection;
  }

  nodeName(): string {
    return read(this.#selection, 'nodeName') as string;
  }

  getAttribute(name: unknown): unknown {
    return this.#selection.attr(name);
  }

  hasAttribute(name: unknown): boolean {
    return this.#selection.attr(name) !== undefined;
  }

  hasAttributes(): boolean {
    return Object.keys(read(this.#selection, 'attributes') as object).length > 0;
  }

  textContent(): string {
    return this.#selection.text();
  }

  innerHTML(): unknown {
    return this.#selection.html();
  }

  id(): string {
    return (this.#selection.attr('id') ?? '') as string;
  }

  className(): unknown {
    return this.#selection.attr('class');
  }

  classList(): string[] | null {
    const names = this.#selection.attr('class');
    return names === undefined ? null : asText(names).split(/\s+/).filter(Boolean);
  }

  children(): Element[] {
    return elementsOf(this.#selection.children());
  }

  childNodes(): Element[] {
    return elementsOf(this.#selection.contents());
  }

  childElementCount(): number {
    return this.#selection.children().size();
  }

  firstElementChild(): Element | undefined {
    return elementOf(this.#selection.children().first());
  }

  lastElementChild(): Element | undefined {
    return elementOf(this.#selection.children().last());
  }

  nextElementSibling(): Element | undefined {
    return elementOf(this.#selection.next());
  }

  previousElementSibling(): Element | undefined {
    return elementOf(this.#selection.prev());
  }

  parentElement(): Element | undefined {
    return elementOf(this.#selection.parent());
  }

  querySelector(selector: unknown): Element | undefined {
    return elementOf(this.#selection.find(asText(selector)).first());
  }

  querySelectorAll(selector: unknown): Element[] {
    return elementsOf(this.#selection.find(asText(selector)));
  }

  getElementsByClassName(name: unknown): Element[] {
    return this.querySelectorAll(`.${asText(name)}`);
  }

  getElementsByTagName(name: unknown): Element[] {
    return this.querySelectorAll(name);
  }

  matches(selector: unknown): boolean {
    return this.#selection.is(asText(selector));
  }

  contains(other: unknown): boolean {
    return other instanceof Element && read(this.#selection, 'contains', [argOf(other)]) === true;
  }

  isSameNode(other: unknown): boolean {
    return other instanceof Element && read(this.#selection, 'same', [argOf(other)]) === true;
  }

  isEqualNode(other: unknown): boolean {
    return other instanceof Element && other.innerHTML() === this.innerHTML();
  }

  toString(): string {
    const name = this.nodeName();
    return name.startsWith('#') ? `[object ${name}]` : '[object html.Node]';
  }
}

const argOf = (element: Element): Arg => ({ id: idOf(element.selection()) });

const elementsOf = (selection: Selection): Element[] => selection.toArray().map((one) => new Element(one));

const elementOf = (selection: Selection): Element | undefined =>
  selection.size() > 0 ? new Element(selection) : undefined;

/** What an interpreter asks of any object. */
const asked = new Set(['then', 'toJSON', 'constructor', 'valueOf', 'toLocaleString']);

Object.setPrototypeOf(
  Element.prototype,
  new Proxy(Object.prototype, {
    get: (object, name) =>
      typeof name === 'symbol' || asked.has(name) || name in object
        ? (object as Record<string | symbol, unknown>)[name]
        : refuse(`Element.${name}() of k6/html`),
  }),
);
