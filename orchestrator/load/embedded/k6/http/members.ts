// What members of a Response are made of when a script asks for them.
import type { WireReply } from './wire.ts';

export function joined(headers: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]];
    const known = values.get(name);
    values.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  return Object.fromEntries(values);
}

export function timings([
  blocked = 0,
  connecting = 0,
  tls = 0,
  sending = 0,
  waiting = 0,
  receiving = 0,
]: readonly number[]): object {
  const duration = sending + waiting + receiving;
  return { duration, blocked, looking_up: 0, connecting, tls_handshaking: tls, sending, waiting, receiving };
}

/** As of a server that staples nothing: this engine does not ask for it. */
export function ocsp(reply: WireReply): object {
  const status = reply.tlsVersion === undefined ? '' : 'unknown';
  const [produced_at, this_update, next_update, revoked_at] = [0, 0, 0, 0];
  return { produced_at, this_update, next_update, revoked_at, revocation_reason: '', status };
}

export function requestCookies(header: string): Record<string, readonly object[]> {
  const cookies = new Map<string, object[]>();
  for (const pair of header === '' ? [] : header.split('; ')) {
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? '' : pair.slice(at + 1).replace(/^"(.*)"$/, '$1');
    cookies.set(name, [...(cookies.get(name) ?? []), { name, value, replace: false }]);
  }
  return Object.fromEntries(cookies);
}
