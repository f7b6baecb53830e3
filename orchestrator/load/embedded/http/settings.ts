import type { Sample } from '../metrics/samples.ts';

/** What the options of a script say about HTTP. */
export interface HttpSettings {
  readonly userAgent: string;
  readonly insecureSkipTLSVerify: boolean;
  readonly noConnectionReuse: boolean;
  readonly noVUConnectionReuse: boolean;
  /** For how long a connection that nobody uses stays open; a second where nothing is said. */
  readonly idleMs?: number;
  /** Undefined where nothing is set: then ten, and a warning where they do not suffice. */
  readonly maxRedirects: number | undefined;
  /** How many requests of a `http.batch` are on their way at once, and how many of them to one host; 0 is no limit of the latter. */
  readonly batch: number;
  readonly batchPerHost: number;
  /** A request without an answer throws. */
  readonly throw: boolean;
  readonly noCookiesReset: boolean;
  readonly discardResponseBodies: boolean;
  /** Addresses by `host`, `host:port` or `*.host`, as in k6's `hosts`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names of the tags that samples have. */
  readonly systemTags: readonly string[];
}

/** Who hears of the requests of one virtual user. */
export interface HttpWatch {
  /** The metrics that k6 makes of a request, with the request's tags; samples with equal tags share one object. */
  emit(this: void, samples: readonly Sample[]): void;
  /** Once for each request that was sent, redirects included. By `performance.now()`. `failed` as `http_req_failed` means it. */
  answered(
    this: void,
    request: { readonly startedAt: number; readonly endedAt: number; readonly failed: boolean },
  ): void;
}
