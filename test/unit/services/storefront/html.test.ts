import { expect, it } from 'vitest';
import { html, page } from '../../../../services/storefront/html.ts';

it('escapes what comes from outside', () => {
  expect(html`<p title="${`"'`}">${'<script>&'}</p>`.text).toBe('<p title="&#34;&#39;">&#60;script&#62;&#38;</p>');
});

it('does not escape what is HTML already', () => {
  const items = [html`<li>${1}</li>`, html`<li>${'<'}</li>`];
  expect(html`${items}`.text).toBe('<li>1</li><li>&#60;</li>');
});

it('escapes the title of a page', () => {
  expect(page('<img onerror=x>', html``)).not.toContain('<img');
});
