import type { Connections } from './connections.ts';
import { digestAuthorization } from './digest.ts';
import { Exchange, untried, type Outcome } from './exchange.ts';
import { Interrupted, RequestFailure } from './failures.ts';
import { valuesOf } from './headers.ts';
import { bodyOf, nextHop, unsendable, validTarget, type ReadBody } from './hops.ts';
import type { Jars } from './jars.ts';
import { notPlayed, prepare, type Prepared } from './outgoing.ts';
import { stopped, type Hop } from './redirects.ts';
import { failedText, replyOf, type Arrival } from './replies.ts';
import { isFailed, timingsOf, type RequestSamples } from './samples.ts';
import type { HttpSettings, HttpWatch } from './settings.ts';
import { InvalidUrl, targetOfUrl, userAndPassword, type Target } from './target.ts';
import {
  parseRequest,
  type ParsedRequest,
  type ResponseType,
  type StatusRange,
  type Warning,
} from '../k6/http/wire.ts';

/** Go does not encode it. */
const spaced = 'a space in the query of a URL, which k6 sends as it is and servers refuse (write it as `%20`),';

const defaultTimeoutMs = 60_000;
const defaultRedirects = 10;

export interface SenderOptions {
  readonly settings: HttpSettings;
  readonly samples: RequestSamples;
  readonly connections: Connections;
  readonly jars: Jars;
  readonly watch: HttpWatch;
}

/** What one request of a script is made of while it is on its way. */
interface Journey {
  readonly asked: ParsedRequest;
  readonly first: Target;
  readonly prepared: Prepared;
  readonly deadline: number;
  responseType: ResponseType | undefined;
  /** The next answer that is expected otherwise than the script says: k6 expects 401 first where `auth` is `digest`. */
  expected: readonly StatusRange[] | null | undefined;
  /** The header `Cookie` of the first request. */
  sentCookies: string | undefined;
}

interface LastAnswer {
  readonly outcome: Outcome;
  readonly shownUrl: string;
  readonly warning: Warning | undefined;
  readonly error?: RequestFailure;
}

/** There is no answer to show, and the failure tells of the request. */
const isWrapped = ({ outcome, error }: LastAnswer): boolean => outcome.status === 0 || error !== undefined;

function newJourney(asked: ParsedRequest, first: Target, prepared: Prepared): Journey {
  const { timeoutMs = defaultTimeoutMs, responseType, auth, expected } = asked.params;
  return {
    asked,
    first,
    prepared,
    deadline: performance.now() + timeoutMs,
    responseType,
    expected: auth === 'digest' && expected !== null ? [[401, 401]] : undefined,
    sentCookies: undefined,
  };
}

/** Sends the requests of one virtual user, with its cookies, and counts them. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #active = new Set<Exchange>();
  #bytes = { sent: 0, received: 0 };
  #interrupted = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#interrupted = false;
    this.#bytes = { sent: 0, received: 0 };
  }

  takeBytes(): { readonly sent: number; readonly received: number } {
    return this.#bytes;
  }

  /** What is on its way ends at once, and what comes later does not even start. */
  interrupt(): void {
    this.#interrupted = true;
    for (const exchange of this.#active) exchange.abort(new Interrupted());
  }

  /** Answers a request with its reply, both as in wire.ts. Rejects with a GoError where the script wants failures thrown. */
  async send(text: string): Promise<string> {
    const asked = parseRequest(text);
    const { settings } = this.#options;
    if (asked.params.auth === 'ntlm') throw notPlayed('`auth: "ntlm"`');
    const first = validTarget(asked.url);
    if (first instanceof InvalidUrl) {
      if (settings.throw) throw goError(first.message);
      return failedText(first.message, 1020);
    }
    const prepared = prepare(asked, settings);
    const journey = newJourney(asked, first, prepared instanceof Promise ? await prepared : prepared);
    journey.responseType ??= settings.discardResponseBodies ? 'none' : 'text';
    const arrival = await this.#follow(journey);
    if (arrival.failure && (asked.params.throw ?? settings.throw)) throw goError(arrival.failure.message);
    return replyOf(arrival, journey.responseType, { sentCookies: journey.sentCookies, ...journey.prepared.shown });
  }

  async #follow(journey: Journey): Promise<Arrival> {
    const { asked, first, prepared } = journey;
    const { settings } = this.#options;
    const redirects = asked.params.redirects ?? settings.maxRedirects ?? defaultRedirects;
    const begin: Hop = { method: asked.method, target: first, headers: prepared.headers, body: prepared.body };
    let hop = begin;
    let shownUrl = asked.url;
    for (let followed = 0; ; followed += 1) {
      const outcome = await this.#roundTrip(journey, hop);
      const next = nextHop(hop, begin, outcome);
      const last = { outcome, shownUrl, warning: prepared.warning };
      if (next instanceof RequestFailure) return this.#arrive(journey, hop, { ...last, error: next });
      this.#keepCookies(journey, hop, outcome);
      if (next === undefined) return this.#arrive(journey, hop, last);
      if (followed >= redirects) {
        const warning = noLimit(asked, settings) ? stopped(followed + 1, first) : prepared.warning;
        return this.#arrive(journey, hop, { ...last, warning });
      }
      this.#count(journey, hop, outcome, undefined);
      hop = next;
      shownUrl = hop.target.text;
    }
  }

  #keepCookies(journey: Journey, hop: Hop, outcome: Outcome): void {
    const cookies = outcome.failure ? [] : valuesOf(outcome.headers, 'set-cookie');
    if (cookies.length > 0) this.#options.jars.keep(journey.asked.params.jar, hop.target.text, cookies);
  }

  /** The last answer: its body is read, and only then it is known whether the request failed. */
  #arrive(journey: Journey, hop: Hop, last: LastAnswer): Arrival | Promise<Arrival> {
    const read = isWrapped(last) || journey.responseType === 'none' ? {} : bodyOf(last.outcome);
    if (read instanceof Promise) return read.then((decoded) => this.#arrived(journey, hop, last, decoded));
    return this.#arrived(journey, hop, last, read);
  }

  #arrived(journey: Journey, hop: Hop, last: LastAnswer, read: ReadBody): Arrival {
    const { outcome, shownUrl, warning } = last;
    const failure = last.error ?? outcome.failure ?? read.failure;
    this.#count(journey, hop, outcome, failure);
    return {
      outcome,
      url: failure ? shownUrl : hop.target.text,
      body: read.body,
      failure: isWrapped(last) ? failure?.of(hop.method, hop.target) : failure,
      warning,
    };
  }

  /** One request and its answer; two where the server asks for a digest. */
  #roundTrip(journey: Journey, hop: Hop): Promise<Outcome> {
    if (journey.asked.params.auth === 'digest') return this.#challenged(journey, hop);
    return this.#exchange(journey, hop, hop.target.authorization);
  }

  async #challenged(journey: Journey, hop: Hop): Promise<Outcome> {
    const { url } = hop.target;
    const anonymous = targetOfUrl({ ...url, user: undefined });
    Object.assign(hop, { target: anonymous });
    const outcome = await this.#exchange(journey, hop, targetOfUrl(url).authorization);
    const challenge = outcome.status === 401 ? valuesOf(outcome.headers, 'www-authenticate')[0] : undefined;
    if (challenge === undefined) return outcome;
    this.#count(journey, hop, outcome, undefined);
    const [user, password] = userAndPassword(url.user ?? '');
    const body = Buffer.concat(outcome.chunks).toString();
    const request = { method: hop.method, uri: anonymous.path, user, password, body };
    const digest = digestAuthorization(challenge, request);
    return this.#exchange(journey, { ...hop, headers: { ...hop.headers, Authorization: digest } }, undefined);
  }

  #exchange(journey: Journey, hop: Hop, authorization: string | undefined): Promise<Outcome> {
    if (this.#interrupted) return Promise.reject(new Interrupted());
    const { origin, path } = hop.target;
    if (origin === undefined) return Promise.resolve(untried(unsendable(hop.target)));
    if (path.includes(' ')) return Promise.reject(notPlayed(spaced));
    const { settings, connections } = this.#options;
    const headers = this.#headers(journey, hop, authorization);
    const { method, body } = hop;
    const { deadline } = journey;
    const discard = journey.responseType === 'none';
    const outgoing = { origin, method, path, headers, body, deadline, close: settings.noConnectionReuse, discard };
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(connections, outgoing, (done) => {
        this.#active.delete(done);
        this.#bytes.sent += done.bytes.sent;
        this.#bytes.received += done.bytes.received;
        if (done.interrupted) reject(new Interrupted());
        else resolve(done);
      });
      this.#active.add(exchange);
      exchange.start();
    });
  }

  /** Names and values in turn; with the cookies that belong to the hop's URL. */
  #headers(journey: Journey, hop: Hop, authorization: string | undefined): string[] {
    const { jar, cookies } = journey.asked.params;
    const list: string[] = [];
    let cookie = this.#options.jars.header(jar, hop.target.text, cookies);
    for (const [name, value] of Object.entries(hop.headers)) {
      if (name === 'Cookie') cookie = cookie === '' ? value : `${value}; ${cookie}`;
      else list.push(name, value);
    }
    if (cookie !== '') list.push('Cookie', cookie);
    if (cookie !== '' && hop.target.text === journey.first.text) journey.sentCookies ??= cookie;
    if (authorization !== undefined && hop.headers['Authorization'] === undefined)
      list.push('Authorization', authorization);
    return list;
  }

  #count(journey: Journey, hop: Hop, exchange: Outcome, error: RequestFailure | undefined): void {
    const { samples, watch } = this.#options;
    const { asked } = journey;
    const failed = isFailed(error ? 0 : exchange.status, journey.expected ?? asked.params.expected);
    journey.expected = undefined;
    const { method, target } = hop;
    const sampled = { method, target, ownTags: asked.tags, name: asked.params.name, failed, exchange, error };
    watch.emit(samples.of(sampled, timingsOf(exchange)));
    watch.answered({ startedAt: exchange.startedAt, endedAt: exchange.endedAt, failed: failed ?? false });
  }
}

const noLimit = (asked: ParsedRequest, settings: HttpSettings): boolean =>
  asked.params.redirects === undefined && settings.maxRedirects === undefined;

const goError = (message: string): Error => Object.assign(new Error(message), { name: 'GoError' });
