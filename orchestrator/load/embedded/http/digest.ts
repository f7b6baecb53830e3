import { createHash, randomBytes } from 'node:crypto';

export interface DigestRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  readonly user: string;
  readonly password: string;
  /** Of the answer that asked for it: k6 takes it as the entity where `qop` is `auth-int`. */
  readonly body: string;
}

/** The header `Authorization` that answers a challenge: https://www.rfc-editor.org/rfc/rfc7616#section-3.4 */
export function digestAuthorization(challenge: string, request: DigestRequest): string {
  const asked = fieldsOf(challenge);
  const { realm = '', nonce = '', opaque, algorithm = 'MD5' } = asked;
  const qop = qopOf(asked['qop']);
  const hash = hashOf(algorithm);
  const cnonce = randomBytes(8).toString('hex');
  const nc = '00000001';
  const credentials = hash(`${request.user}:${realm}:${request.password}`);
  const ha1 = /-sess$/i.test(algorithm) ? hash(`${credentials}:${nonce}:${cnonce}`) : credentials;
  const entity = qop === 'auth-int' ? `:${hash(request.body)}` : '';
  const ha2 = hash(`${request.method}:${request.uri}${entity}`);
  const response = hash(qop === undefined ? `${ha1}:${nonce}:${ha2}` : `${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
  return `Digest ${[
    `username="${request.user}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${request.uri}"`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`]),
  ].join(', ')}`;
}

function fieldsOf(challenge: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of challenge.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g))
    fields[name.toLowerCase()] = quoted ?? plain ?? '';
  return fields;
}

function qopOf(offered: string | undefined): 'auth' | 'auth-int' | undefined {
  const names = offered?.split(',').map((name) => name.trim()) ?? [];
  if (names.includes('auth')) return 'auth';
  return names.includes('auth-int') ? 'auth-int' : undefined;
}

function hashOf(algorithm: string): (text: string) => string {
  const name = /^sha-256/i.test(algorithm) ? 'sha256' : 'md5';
  return (text) => createHash(name).update(text).digest('hex');
}
