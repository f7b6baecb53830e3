import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { read } from './query-range.ts';
import { invalid, Refused } from './refusal.ts';

export interface Accounts {
  readonly apiKey?: string;
  readonly login?: { readonly email: string; readonly password: string };
}

const orgId = '0196a2f1-6d3c-7b6a-9a50-0d0c8a3e5b11';
const loginRequest = z.strictObject({ email: z.string(), password: z.string(), orgId: z.string() });

/** Who may ask: by API key, by the token of a session, or everybody where neither is set up. */
export class Sessions {
  readonly #accounts: Accounts;
  readonly #tokens = new Set<string>();
  /** How many times somebody has logged in. */
  logins = 0;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Throws Refused (401) for those who may not. */
  check(headers: IncomingHttpHeaders): void {
    const { apiKey, login } = this.#accounts;
    if (apiKey === undefined && login === undefined) return;
    if (apiKey !== undefined && headers['signoz-api-key'] === apiKey) return;
    const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (this.#tokens.has(token)) return;
    throw new Refused(401, 'unauthenticated', 'unauthenticated');
  }

  /** `GET /api/v2/sessions/context`. */
  context(query: URLSearchParams): unknown {
    if (!query.get('email') || !query.get('ref')) throw invalid('email and ref are required');
    const exists = query.get('email') === this.#accounts.login?.email;
    const orgs = exists
      ? [{ id: orgId, name: 'default', authNSupport: { password: [{ provider: 'email_password' }] } }]
      : [];
    return { status: 'success', data: { exists, orgs } };
  }

  /** `POST /api/v2/sessions/email_password`. */
  logIn(body: unknown): unknown {
    const { login } = this.#accounts;
    const asked = read(loginRequest, body);
    if (asked.email !== login?.email || asked.password !== login.password || asked.orgId !== orgId) {
      throw new Refused(401, 'unauthenticated', 'invalid email or password');
    }
    const accessToken = randomUUID();
    this.#tokens.add(accessToken);
    this.logins += 1;
    return {
      status: 'success',
      data: { accessToken, refreshToken: randomUUID(), expiresIn: 1800, tokenType: 'bearer' },
    };
  }

  /** Every session ends now. */
  expire(): void {
    this.#tokens.clear();
  }
}
