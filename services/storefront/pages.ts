import type { Money } from '../lib/money.ts';
import { html, type Html, page } from './html.ts';
import type { Cart, Category, ListedProduct, Listing, Order, Product } from './types.ts';

const countries = {
  DE: 'Germany',
  AT: 'Austria',
  CH: 'Switzerland',
  FR: 'France',
  IT: 'Italy',
  NL: 'Netherlands',
  GB: 'United Kingdom',
  JP: 'Japan',
};
const brands = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', jcb: 'JCB' };

export function homePage(categories: readonly Category[]): string {
  const items = categories.map(({ slug, name }) => html`<li><a href="/categories/${slug}">${name}</a></li>`);
  return page(
    'Everything for your house',
    html`<ul class="grid">
      ${items}
    </ul>`,
  );
}

export function categoryPage(category: Category, { products, page: number, pages }: Listing): string {
  const link = (target: number, text: string): Html =>
    target < 1 || target > pages ? html`` : html`<a href="/categories/${category.slug}?page=${target}">${text}</a>`;
  return page(
    category.name,
    html`${productGrid(products)}
      <nav class="pages">
        ${link(number - 1, 'Previous')} <span class="soft">Page ${number} of ${pages}</span> ${link(number + 1, 'Next')}
      </nav>`,
  );
}

export function searchPage(query: string, products: readonly ListedProduct[]): string {
  return page(
    `Results for “${query}”`,
    products.length === 0 ? html`<p>Nothing of that name here.</p>` : productGrid(products),
  );
}

export function productPage(product: Product): string {
  const reviews = product.reviews.map(({ rating, text }) => html`<li>${'★'.repeat(rating)} ${text}</li>`);
  return page(
    product.name,
    html`<p>${product.description}</p>
      <p>
        <span class="price">${price(product.price)}</span>
        <span class="soft">${product.stock > 0 ? `${product.stock} in stock` : 'sold out'}</span>
      </p>
      <form method="post" action="/cart/items">
        <input type="hidden" name="productId" value="${product.id}" />
        <input type="number" name="quantity" value="1" min="1" max="10" aria-label="Quantity" />
        <button>Add to cart</button>
      </form>
      <h2>Reviews</h2>
      ${
        reviews.length === 0
          ? html`<p class="soft">None yet.</p>`
          : html`<ul>
              ${reviews}
            </ul>`
      }`,
  );
}

export function cartPage(cart: Cart | undefined): string {
  if (cart === undefined || cart.items.length === 0) return page('Your cart', html`<p>There is nothing in it yet.</p>`);
  const rows = cart.items.map(
    (item) =>
      html`<tr>
        <td><a href="/products/${item.productId}">${item.name}</a></td>
        <td>${item.quantity}</td>
        <td>${price(item.price)}</td>
      </tr>`,
  );
  return page(
    'Your cart',
    html`<table>
        <tr>
          <th>Product</th>
          <th>Quantity</th>
          <th>Price</th>
        </tr>
        ${rows}
        <tr>
          <th>Total</th>
          <td></td>
          <th>${price(cart.total)}</th>
        </tr>
      </table>
      <p><a href="/checkout">To the checkout</a></p>`,
  );
}

export function checkoutPage(cart: Cart): string {
  return page(
    'Checkout',
    html`<p>${cart.items.length} products, <span class="price">${price(cart.total)}</span> before tax</p>
      <form method="post" action="/checkout">
        <label
          >Country
          <select name="country">
            ${options(countries)}
          </select></label
        >
        <label
          >Plan
          <select name="plan">
            ${options({ basic: 'Basic', plus: 'Plus', business: 'Business' })}
          </select></label
        >
        <label
          >Card
          <select name="brand">
            ${options(brands)}
          </select></label
        >
        <button>Order and pay</button>
      </form>`,
  );
}

export function orderPage(order: Order): string {
  return page(
    'Thank you for your order',
    html`<p>Order <code>${order.id}</code> is <strong>${order.status}</strong>.</p>
      <p>Total <span class="price">${price(order.total)}</span>, tax included</p>
      <p><a href="/orders/${order.id}">Look again</a> · <a href="/">Go on shopping</a></p>`,
  );
}

export function errorPage(status: number, message: string): string {
  const title = status === 404 ? 'We could not find that' : status < 500 ? 'That did not work' : 'Something went wrong';
  return page(
    title,
    html`<p>${message}.</p>
      <p><a href="/">Back to the shop</a></p>`,
  );
}

function productGrid(products: readonly ListedProduct[]): Html {
  return html`<ul class="grid">
    ${products.map(
      (product) =>
        html`<li>
          <a href="/products/${product.id}">${product.name}<br /><span class="price">${price(product.price)}</span></a>
        </li>`,
    )}
  </ul>`;
}

function options(choices: Readonly<Record<string, string>>): readonly Html[] {
  return Object.entries(choices).map(([value, text]) => html`<option value="${value}">${text}</option>`);
}

function price({ amount, currency }: Money): string {
  return `${(amount / 100).toFixed(2)} ${currency}`;
}
