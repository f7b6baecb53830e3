import type { Money } from '../lib/money.ts';

export interface Category {
  readonly slug: string;
  readonly name: string;
}

export interface ListedProduct {
  readonly id: number;
  readonly name: string;
  readonly price: Money;
}

export interface Listing {
  readonly products: readonly ListedProduct[];
  readonly page: number;
  readonly pages: number;
}

export interface Product extends ListedProduct {
  readonly description: string;
  readonly stock: number;
  readonly reviews: readonly { readonly rating: number; readonly text: string }[];
}

export interface Cart {
  readonly id: string;
  readonly items: readonly {
    readonly productId: number;
    readonly name: string;
    readonly quantity: number;
    readonly price: Money;
  }[];
  readonly total: Money;
}

export interface OrderRequest {
  readonly cartId: string;
  readonly customer: { readonly country: string; readonly plan: string };
  readonly payment: { readonly brand: string };
  readonly appVersion: string;
}

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly total: Money;
}
