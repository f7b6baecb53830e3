/** What a `http.url` template gives: https://grafana.com/docs/k6/latest/javascript-api/k6-http/url/ */
export class NamedUrl {
  name: string;
  url: string;
  clean_url: string;

  constructor(name: string, url: string) {
    this.name = name;
    this.url = url;
    this.clean_url = cleaned(url);
  }
}

/** Tag of a template literal: the URL that the values give, and its name in statistics, `http://host/users/${}`. */
export function namedUrl(strings: readonly string[], ...values: unknown[]): NamedUrl {
  const texts = values.map(String);
  const url = strings.map((one, at) => one + (at < strings.length - 1 ? (texts[at] ?? '') : '')).join('');
  return new NamedUrl(texts.length === 0 ? cleaned(url) : strings.join('${}'), url);
}

const cleaned = (url: string): string =>
  url.replace(/^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, user: string) =>
    user.includes(':') ? `${scheme}****:****@` : `${scheme}****@`,
  );
