import type { HostOperations } from '../vu-host.ts';
import { Connections } from './connections.ts';
import { HtmlDocuments } from './html.ts';
import { Jars, type CookieOptions } from './jars.ts';
import { runLimited } from './limit.ts';
import { RequestSamples } from './samples.ts';
import { Sender } from './sender.ts';
import type { HttpSettings, HttpWatch } from './settings.ts';
import { parseRequest } from '../k6/http/wire.ts';

export type { HttpSettings, HttpWatch } from './settings.ts';

/** HTTP of all virtual users: they share the open connections. */
export class HttpClient {
  readonly #settings: HttpSettings;
  readonly #connections: Connections;
  readonly #samples: RequestSamples;

  constructor(settings: HttpSettings) {
    this.#settings = settings;
    this.#connections = new Connections(settings);
    this.#samples = new RequestSamples(settings);
  }

  forVu(watch: HttpWatch): VuHttp {
    const settings = this.#settings;
    const own = settings.noVUConnectionReuse ? new Connections(settings) : undefined;
    const connections = own ?? this.#connections;
    return new VuHttp({ settings, samples: this.#samples, connections, watch, closesIdle: own !== undefined });
  }

  /** Closes what is idle; what is on its way ends by itself. */
  close(): void {
    this.#connections.closeIdle();
  }
}

interface VuHttpOptions {
  readonly settings: HttpSettings;
  readonly samples: RequestSamples;
  readonly connections: Connections;
  readonly watch: HttpWatch;
  readonly closesIdle: boolean;
}

/** HTTP of one virtual user. */
export class VuHttp {
  readonly operations: HostOperations;
  readonly #options: VuHttpOptions;
  readonly #jars = new Jars();
  readonly #html = new HtmlDocuments();
  readonly #sender: Sender;
  #signal: AbortSignal | undefined;
  readonly #interrupt = (): void => this.#sender.interrupt();

  constructor(options: VuHttpOptions) {
    this.#options = options;
    this.#sender = new Sender({ ...options, jars: this.#jars });
    this.operations = { ...this.#requests(), ...this.#cookies(), ...this.#html.operations };
  }

  /** Before each call of a function. What is still on its way when `signal` aborts is rejected with an Error named `Interrupted`. */
  begin(signal: AbortSignal): void {
    if (!this.#options.settings.noCookiesReset) this.#jars.reset();
    this.#html.begin();
    this.#sender.begin();
    if (signal === this.#signal) return;
    this.#signal?.removeEventListener('abort', this.#interrupt);
    this.#signal = signal;
    signal.addEventListener('abort', this.#interrupt);
  }

  /** After each call: the bytes since `begin`. */
  end(): { readonly sent: number; readonly received: number } {
    if (this.#options.closesIdle) this.#options.connections.closeIdle();
    return this.#sender.takeBytes();
  }

  #requests(): HostOperations {
    const { settings } = this.#options;
    return {
      'http.send': (text: string) => this.#sender.send(text),
      'http.batch': (texts: readonly string[]) =>
        runLimited(
          texts.map((text) => ({ key: hostOf(text), run: () => this.#sender.send(text) })),
          settings.batch,
          settings.batchPerHost,
        ),
      'http.settings': () => ({ userAgent: settings.userAgent, throws: settings.throw }),
    };
  }

  #cookies(): HostOperations {
    const jars = this.#jars;
    return {
      'jar.make': () => jars.make(),
      'jar.set': ({ jar, url, ...cookie }: JarCall & { name: string; value: string } & CookieOptions) =>
        jars.set(jar, url, cookie),
      'jar.cookies': ({ jar, url }: JarCall) => jars.cookies(jar, url),
      'jar.remove': ({ jar, url, name }: JarCall & { name?: string }) => jars.remove(jar, url, name),
    };
  }
}

/** A jar that the script has made, or the virtual user's own. */
interface JarCall {
  readonly jar?: number;
  readonly url: string;
}

const hostOf = (text: string): string => /^\w+:\/\/([^/?#]*)/.exec(parseRequest(text).url)?.[1] ?? '';
