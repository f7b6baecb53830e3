import { ShowrunnerError } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';

/** A proxy of Toxiproxy's API: where it listens and where it leads, both `host:port`. */
export interface ProxyEntry {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
}

/** Makes the proxies at a network proxy; returns them as they are, with the ports they got. */
export async function populate(
  apiUrl: string,
  wanted: readonly ProxyEntry[],
  signal: AbortSignal,
): Promise<readonly ProxyEntry[]> {
  const answer = await fetch(`${apiUrl}/populate`, { method: 'POST', body: JSON.stringify(wanted), signal });
  const body = await answer.text();
  if (!answer.ok) {
    throw new ShowrunnerError('network-proxy', `the network proxy refused its links: ${body}`, {
      exitCode: exitCodes.environment,
    });
  }
  return (JSON.parse(body) as { proxies: ProxyEntry[] }).proxies;
}
