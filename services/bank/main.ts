import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startService } from '../lib/service.ts';

const maxBodyLength = 10_000;

interface Charge {
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
}

// The bank is not ours: nobody here sees into it.
startService('bank', (config) => {
  const key = `authorisations ${config.seed}`;

  async function charge(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const order = text === undefined ? undefined : parseCharge(text);
    if (order === undefined) return answer(response, 400, { error: { code: 'bad_request', message: 'not a charge' } });
    const authorisation = createHmac('sha256', key)
      .update(`${order.reference} ${order.amount} ${order.currency}`)
      .digest('hex');
    answer(response, 201, { status: 'authorised', authorisation: authorisation.slice(0, 12) });
  }

  return {
    handler(request, response) {
      if (request.url === '/healthz') answer(response, 200, { status: 'ok', service: 'bank', version: config.version });
      else if (request.method === 'POST' && request.url === '/charges')
        charge(request, response).catch(() => response.destroy());
      else answer(response, 404, { error: { code: 'not_found', message: 'not found' } });
    },
    close: () => Promise.resolve(),
  };
});

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > maxBodyLength) return undefined;
  }
  return text;
}

function parseCharge(text: string): Charge | undefined {
  try {
    const { reference, amount, currency } = JSON.parse(text) as Partial<Charge>;
    return typeof reference === 'string' && Number.isInteger(amount) && typeof currency === 'string'
      ? { reference, amount: amount as number, currency }
      : undefined;
  } catch {
    // Not JSON: not a charge.
    return undefined;
  }
}
