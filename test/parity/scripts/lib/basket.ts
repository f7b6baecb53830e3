export const Size = { small: 's', big: 'b' } as const;
export type Size = (typeof Size)[keyof typeof Size];

export interface Good {
  readonly name: string;
  readonly price: number;
  readonly size?: Size;
}

export class Basket<Item extends Good> {
  readonly #items: Item[] = [];

  add(item: Item): this {
    this.#items.push(item);
    return this;
  }

  get all(): readonly Item[] {
    return this.#items;
  }

  get sum(): number {
    return this.#items.reduce((sum, { price }) => sum + price, 0);
  }
}
