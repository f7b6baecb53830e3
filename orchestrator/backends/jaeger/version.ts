import { z } from 'zod';
import type { HttpClient } from '../http.ts';
import type { JaegerApi } from './api.ts';

const told = z.object({ gitVersion: z.string() });

/** What Jaeger writes into its page for its user interface; a binary built without its release script does not know its version. */
export async function versionOf(http: HttpClient, { generation }: JaegerApi): Promise<string> {
  const { text } = await http.text('/', { accept: [404] });
  const [, json = '{}'] = /JAEGER_VERSION = (\{[^}]*\})/.exec(text) ?? [];
  const version = told.safeParse(parsed(json));
  const api = generation === 'v3' ? 'API v3' : 'API v1';
  return version.success && version.data.gitVersion !== '' ? version.data.gitVersion : `${api}, version not told`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
