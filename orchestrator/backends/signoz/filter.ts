/** A text as SigNoz's filter grammar takes it: whatever is in it, it stays one value. Source: grammar/FilterQuery.g4, QUOTED_TEXT. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

const segment = '[a-zA-Z][a-zA-Z0-9_:-]*';
const keyPattern = new RegExp(String.raw`^${segment}(\.${segment})*$`);
const words = /(^|\.)(and|or|not|in|like|ilike|between|exists?|regexp|contains?|has|hasany|hasall|true|false)$/i;

/** Whether the grammar can name this attribute; there is no way to quote a name. */
export function sayable(key: string): boolean {
  return keyPattern.test(key) && !words.test(key);
}

/** All of these; no condition at all where there is none. */
export function all(...conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition !== undefined).join(' AND ');
}

export function ofService(service: string | undefined): string | undefined {
  return service === undefined ? undefined : `resource.service.name = ${quoted(service)}`;
}

/** `METHOD /route` of a SERVER span. */
export function ofRoute(asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  const space = asked.indexOf(' ');
  const method = quoted(asked.slice(0, Math.max(0, space)));
  const route = quoted(asked.slice(space + 1));
  return `kind_string = 'Server' AND attribute.http.request.method = ${method} AND attribute.http.route = ${route}`;
}

/** What a trace search and a tendency call an error. A span without a status code compares as NULL, which neither NOT nor < would let through. */
export function ofError(error: boolean | undefined): string | undefined {
  if (error === undefined) return undefined;
  return error
    ? '(has_error = true OR response_status_code >= 500)'
    : "(has_error = false AND (response_status_code = '' OR response_status_code < 500))";
}
