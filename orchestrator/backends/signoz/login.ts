import { z } from 'zod';
import { type HttpClient, NoAnswer } from '../http.ts';
import { Secret } from '../secret.ts';

const contextSchema = z.object({ data: z.object({ orgs: z.array(z.object({ id: z.string() })) }) });
const sessionSchema = z.object({ data: z.object({ accessToken: z.string().min(1) }) });

export interface Login {
  /** Whom errors name. */
  readonly name: string;
  readonly url: string;
  readonly email: string;
  readonly password: Secret;
}

/** Logs in and gives the `Authorization` header of the session; throws NoAnswer, which never quotes what was answered to the password. */
export async function logIn(client: HttpClient, { name, url, email, password }: Login): Promise<Secret> {
  const context = await client.json('/api/v2/sessions/context', { query: { email, ref: url } });
  const orgId = contextSchema.safeParse(context).data?.data.orgs[0]?.id;
  if (orgId === undefined) throw refused(name, `has no organisation for ${email}`);
  const { status, text } = await client.text('/api/v2/sessions/email_password', {
    body: { email, password: password.reveal(), orgId },
    accept: [400, 401, 403, 404],
  });
  if (status >= 400) throw refused(name, `refuses the login of ${email}`, status);
  const token = sessionSchema.safeParse(parsed(text)).data?.data.accessToken;
  if (token === undefined) throw refused(name, 'gave no access token for the login', status);
  return new Secret(`Bearer ${token}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refused(name: string, what: string, status?: number): NoAnswer {
  return new NoAnswer('backend-unauthorised', `${name} ${what}`, {
    hint: 'check the e-mail address and the password, or use the API key of a service account',
    ...(status !== undefined && { status }),
  });
}
