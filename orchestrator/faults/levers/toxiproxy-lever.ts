import { get } from 'node:http';
import { Toxiproxy } from 'toxiproxy-node-client';
import type { ShopNetwork } from '../../runtime/runtime.ts';
import type { NetworkLever } from './network.ts';

/** One per link, so a second injection on the same link is refused by the proxy instead of adding up unnoticed. */
const toxicName = 'showrunner-latency';

const patienceMs = 15_000;

/** Drives the network proxy of a run through Toxiproxy's API. */
export function createToxiproxyLever({ apiUrl, addressOf }: ShopNetwork): NetworkLever {
  const client = new Toxiproxy(apiUrl);

  async function toxics(link: string): Promise<readonly Record<string, unknown>[]> {
    const { data } = await client.api.get<Record<string, unknown>[]>(
      `${apiUrl}/proxies/${encodeURIComponent(link)}/toxics`,
    );
    return data;
  }

  return {
    toxics,
    async delay(link, latencyMs, jitterMs, share = 1) {
      const proxy = await client.get(link);
      const toxic = await proxy.addToxic({
        name: toxicName,
        type: 'latency',
        stream: 'downstream',
        toxicity: share,
        attributes: { latency: latencyMs, jitter: jitterMs },
      });
      return async () => {
        if ((await toxics(link)).some(({ name }) => name === toxicName)) await toxic.remove();
      };
    },
    async roundTrip(link, withinMs = patienceMs) {
      const start = performance.now();
      await askHealth(`http://${addressOf(link)}/healthz`, withinMs);
      return performance.now() - start;
    },
  };
}

/** One request on a connection of its own: a pooled one would not show what opening through the link costs. */
function askHealth(url: string, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: withinMs }, (response) => {
      response.resume().once('end', resolve).once('error', reject);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${withinMs} ms`)));
    request.once('error', reject);
  });
}
