/** Text that is HTML already and is not escaped again. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | number | readonly Html[];

/** A template whose values are escaped, unless they are Html themselves. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(values[index - 1] ?? '') + part));
}

function render(value: Value): string {
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const style = new Html(`
  :root { --ink: #23201d; --soft: #7a726a; --line: #e6e0d8; --paper: #fbf9f6; --accent: #a3482b; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
  header, main, footer { max-width: 64rem; margin: 0 auto; padding: 1rem 1.5rem; }
  header { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: center; border-bottom: 1px solid var(--line); }
  header form { flex: 1; display: flex; gap: .5rem; min-width: 14rem; }
  footer { color: var(--soft); font-size: .85rem; border-top: 1px solid var(--line); margin-top: 3rem; }
  .logo { font: 700 1.4rem/1 Georgia, serif; color: var(--accent); text-decoration: none; }
  a { color: var(--accent); } h1 { font: 600 1.8rem/1.2 Georgia, serif; }
  .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; padding: 0; list-style: none; }
  .grid a { display: block; height: 100%; padding: 1rem; background: #fff; border: 1px solid var(--line); border-radius: .5rem; text-decoration: none; color: inherit; }
  .grid a:hover { border-color: var(--accent); }
  .price { font-weight: 600; } .soft { color: var(--soft); }
  input, select, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: #fff; }
  header input { flex: 1; min-width: 0; }
  button { background: var(--accent); border-color: var(--accent); color: #fff; cursor: pointer; }
  table { width: 100%; border-collapse: collapse; } td, th { text-align: left; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td:last-child, th:last-child { text-align: right; } label { display: block; margin: .8rem 0; } label > * { display: block; margin-top: .2rem; }
  nav.pages { display: flex; gap: 1rem; margin-top: 1.5rem; }
`);

/** A whole page around `content`. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Hearth &amp; Home</title>
        <link rel="icon" href="data:," />
        <style>
          ${style}
        </style>
      </head>
      <body>
        <header>
          <a class="logo" href="/">Hearth &amp; Home</a>
          <form action="/search">
            <input name="q" aria-label="Search" placeholder="Copper kettle, oak shelf…" required /><button>
              Search
            </button>
          </form>
          <a href="/cart">Cart</a>
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>Hearth &amp; Home, everything for the house since 1987</footer>
      </body>
    </html> `.text;
}
