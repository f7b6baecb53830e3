import type { Socket } from 'node:net';
import { toxics } from './toxics/index.ts';
import { type Out, passThrough, type Stage } from './toxics/toxic.ts';

/** A toxic as the API shows it. */
export interface ToxicEntry {
  readonly name: string;
  readonly type: string;
  readonly stream: Stream;
  toxicity: number;
  attributes: Readonly<Record<string, number>>;
}

export const streams = ['upstream', 'downstream'] as const;
export type Stream = (typeof streams)[number];

/** What a delayed connection may hold before its sender is slowed down: enough for a long delay at a high rate, little enough for many connections. */
const maxHeldBytes = 4 * 1024 * 1024;

class Node {
  readonly entry: ToxicEntry;
  stage: Stage;
  passed = 0;

  constructor(entry: ToxicEntry, open: (node: Node) => Stage) {
    this.entry = entry;
    this.stage = open(this);
  }
}

/** One direction of a connection: what `source` sends goes through the toxics, in order, to `dest`. */
export class Link {
  readonly #source: Socket;
  readonly #dest: Socket;
  readonly #nodes: Node[] = [];
  #closeAfterEnd = false;

  constructor(source: Socket, dest: Socket, entries: readonly ToxicEntry[]) {
    this.#source = source;
    this.#dest = dest;
    for (const entry of entries) this.add(entry);
    source.on('data', (chunk: Buffer) => {
      this.#write(0, chunk);
      this.#balance();
    });
    source.on('end', () => this.#end(0));
    dest.on('drain', () => this.#balance());
    dest.on('close', () => this.#nodes.forEach((node) => node.stage.destroy()));
  }

  add(entry: ToxicEntry): void {
    this.#nodes.push(new Node(entry, (node) => this.#open(node)));
  }

  update(entry: ToxicEntry): void {
    const node = this.#find(entry);
    if (!node) return;
    node.stage.flush();
    node.stage.destroy();
    node.stage = this.#open(node);
  }

  remove(entry: ToxicEntry): void {
    const node = this.#find(entry);
    if (!node) return;
    node.stage.flush();
    node.stage.destroy();
    if (toxics[entry.type]?.closesWhenRemoved) this.#outOf(node).close();
    this.#nodes.splice(this.#nodes.indexOf(node), 1);
    this.#balance();
  }

  #find(entry: ToxicEntry): Node | undefined {
    return this.#nodes.find((node) => node.entry === entry);
  }

  #open(node: Node): Stage {
    const out = this.#outOf(node);
    const toxic = toxics[node.entry.type];
    return toxic && Math.random() < node.entry.toxicity ? toxic.open(node.entry.attributes, out) : passThrough(out);
  }

  #outOf(node: Node): Out {
    const next = () => this.#nodes.indexOf(node) + 1;
    return {
      write: (chunk) => {
        node.passed += chunk.length;
        this.#write(next(), chunk);
        this.#balance();
      },
      end: () => this.#end(next()),
      close: () => {
        this.#closeAfterEnd = true;
        this.#end(next());
      },
      reset: () => {
        this.#source.resetAndDestroy();
        this.#dest.resetAndDestroy();
      },
      get passed() {
        return node.passed;
      },
    };
  }

  #write(index: number, chunk: Buffer): void {
    const node = this.#nodes[index];
    if (node) node.stage.write(chunk);
    else if (this.#dest.writable) this.#dest.write(chunk);
  }

  #end(index: number): void {
    const node = this.#nodes[index];
    if (node) return node.stage.end();
    this.#dest.end(() => {
      if (!this.#closeAfterEnd) return;
      this.#source.destroy();
      this.#dest.destroy();
    });
  }

  #balance(): void {
    const held = this.#nodes.reduce((sum, node) => sum + node.stage.held, 0);
    const full = this.#dest.writableNeedDrain || held > maxHeldBytes;
    if (full === this.#source.isPaused()) return;
    if (full) this.#source.pause();
    else this.#source.resume();
  }
}
