import type { Sample, Tags } from '../metrics/samples.ts';
import type { Outcome } from './exchange.ts';
import type { HttpSettings } from './settings.ts';
import type { Target } from './target.ts';
import { tagsOf, type StatusRange } from '../k6/http/wire.ts';

/** Milliseconds, in k6's meaning: https://grafana.com/docs/k6/latest/javascript-api/k6-http/response/ */
export interface Timings {
  readonly blocked: number;
  readonly connecting: number;
  readonly tls: number;
  readonly sending: number;
  readonly waiting: number;
  readonly receiving: number;
}

export function timingsOf(exchange: Outcome): Timings {
  const { startedAt, gotConnectionAt, sentAt, firstByteAt, endedAt } = exchange;
  return {
    blocked: gotConnectionAt === 0 ? 0 : gotConnectionAt - startedAt,
    connecting: gotConnectionAt === 0 ? 0 : exchange.dialedFor,
    tls: gotConnectionAt === 0 ? 0 : exchange.securedFor,
    sending: sentAt === 0 ? 0 : sentAt - gotConnectionAt,
    waiting: sentAt === 0 ? 0 : Math.max(0, (firstByteAt === 0 ? endedAt : firstByteAt) - sentAt),
    receiving: firstByteAt === 0 ? 0 : endedAt - firstByteAt,
  };
}

export interface Sampled {
  readonly method: string;
  readonly target: Target;
  /** JSON of the script's own tags. */
  readonly ownTags: string;
  /** Of a `http.url` template. */
  readonly name: string | undefined;
  /** Whether it counts as failed; undefined where nothing does. */
  readonly failed: boolean | undefined;
  readonly exchange: Outcome;
  readonly error: { readonly code: number; readonly short: string } | undefined;
}

/** A failed status has a code as well. */
export const statusCode = (status: number): number => (status >= 400 ? 1000 + status : 0);

const defaultExpected: readonly StatusRange[] = [[200, 399]];

/** Undefined where the script wants none to count as failed. */
export function isFailed(
  status: number,
  expected: readonly StatusRange[] | null = defaultExpected,
): boolean | undefined {
  return expected === null ? undefined : !expected.some(([min, max]) => min <= status && status <= max);
}

const keptTags = 2000;

/** Makes the samples that k6 makes of a request. Equal tags are one object. */
export class RequestSamples {
  readonly #tags = new Map<string, Tags>();
  readonly #enabled: ReadonlySet<string>;

  constructor(settings: HttpSettings) {
    this.#enabled = new Set(settings.systemTags);
  }

  of(sampled: Sampled, timings: Timings): readonly Sample[] {
    const tags = this.#tagsOf(sampled);
    const samples: Sample[] = [
      { metric: 'http_reqs', value: 1, tags },
      { metric: 'http_req_duration', value: timings.sending + timings.waiting + timings.receiving, tags },
      { metric: 'http_req_blocked', value: timings.blocked, tags },
      { metric: 'http_req_connecting', value: timings.connecting, tags },
      { metric: 'http_req_tls_handshaking', value: timings.tls, tags },
      { metric: 'http_req_sending', value: timings.sending, tags },
      { metric: 'http_req_waiting', value: timings.waiting, tags },
      { metric: 'http_req_receiving', value: timings.receiving, tags },
    ];
    if (sampled.failed !== undefined) samples.push({ metric: 'http_req_failed', value: sampled.failed ? 1 : 0, tags });
    return samples;
  }

  #tagsOf(sampled: Sampled): Tags {
    const { method, target, ownTags, name = '', failed, error, exchange } = sampled;
    const { version = '' } = exchange.peer?.tls ?? {};
    const key = `${method}\n${target.clean}\n${name}\n${exchange.status}\n${failed}\n${error?.short ?? ''}\n${exchange.peer?.http2}${version}\n${ownTags}`;
    const known = this.#tags.get(key);
    if (known) return known;
    if (this.#tags.size >= keptTags) this.#tags.clear();
    const made = this.#makeTags(sampled);
    this.#tags.set(key, made);
    return made;
  }

  #makeTags(sampled: Sampled): Tags {
    const tags: Record<string, string> = { ...tagsOf(sampled.ownTags) };
    for (const [tag, value] of Object.entries({ ...namesOf(sampled, tags['name']), ...outcomeOf(sampled) }))
      if (value !== undefined && this.#enabled.has(tag)) tags[tag] = value;
    return Object.freeze(tags);
  }
}

type SystemTags = Readonly<Record<string, string | undefined>>;

/** A name that the script gives is the URL as well: URLs may be many, and names are few. */
function namesOf({ method, target, name }: Sampled, own: string | undefined): SystemTags {
  const named = own ?? name ?? target.clean;
  return { method, name: named, url: named };
}

function outcomeOf({ exchange, error, failed }: Sampled): SystemTags {
  const expected_response = failed === undefined ? undefined : String(!failed);
  const ip = exchange.peer?.ip;
  if (error) return { ip, expected_response, status: '0', error: error.short, error_code: String(error.code) };
  const code = statusCode(exchange.status);
  return {
    ip,
    expected_response,
    status: String(exchange.status),
    error_code: code === 0 ? undefined : String(code),
    proto: exchange.peer?.http2 ? 'HTTP/2.0' : 'HTTP/1.1',
    tls_version: exchange.peer?.tls?.version,
  };
}
