import { clientOf } from '../lib/client.ts';
import type { Cart, Category, ListedProduct, Listing, Order, OrderRequest, Product } from './types.ts';

/** What the storefront asks of the services behind it; the same for the pages and for the API. */
export interface Shop {
  categories(): Promise<readonly Category[]>;
  products(category: string, page: number): Promise<Listing>;
  product(id: number): Promise<Product>;
  search(query: string): Promise<readonly ListedProduct[]>;
  createCart(): Promise<{ readonly id: string }>;
  cart(id: string): Promise<Cart>;
  addToCart(id: string, item: { readonly productId: number; readonly quantity: number }): Promise<Cart>;
  order(request: OrderRequest): Promise<Order>;
  orderById(id: string): Promise<Order>;
}

export function connectShop(): Shop {
  const catalog = clientOf('catalog');
  const cart = clientOf('cart');
  // An order waits for the payment, and that for a bank.
  const checkout = clientOf('checkout', 8000);

  return {
    categories: async () => (await catalog.get<{ categories: Category[] }>('/categories')).categories,
    products: (category, page) =>
      catalog.get(`/products?${new URLSearchParams({ category, page: String(page) }).toString()}`),
    product: (id) => catalog.get(path('products', id)),
    search: async (query) =>
      (await catalog.get<{ products: ListedProduct[] }>(`/search?${new URLSearchParams({ q: query }).toString()}`))
        .products,
    createCart: () => cart.post('/carts', {}),
    cart: (id) => cart.get(path('carts', id)),
    addToCart: (id, item) => cart.post(path('carts', id, 'items'), item),
    order: (request) => checkout.post('/orders', request),
    orderById: (id) => checkout.get(path('orders', id)),
  };
}

function path(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
