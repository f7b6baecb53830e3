// A service of a shop as small as it can be, for tests of the runtime: keeps the contract of docs/architecture.md and nothing else.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import net from 'node:net';
import { Pool } from 'pg';

const {
  HOST = '127.0.0.1',
  PORT,
  SERVICE_VERSION: version,
  DATABASE_URL,
  BACK_URL,
  FAIL_AT_START,
  GREETING,
} = process.env;
const log = (fields: object) =>
  process.stdout.write(`${JSON.stringify({ time: Date.now(), level: 'info', ...fields })}\n`);

const problem = version === 'broken' ? 'no such release' : FAIL_AT_START;
if (problem) {
  log({ level: 'fatal', msg: problem });
  process.exit(7);
}

const pool = new Pool({ connectionString: DATABASE_URL, max: 2 });
pool.on('error', () => undefined);
/** Which process this is; in a container every one has the id 1. */
const instance = randomUUID();
let draining = false;

const answers: Record<string, () => Promise<unknown>> = {
  '/healthz': async () => ({ status: 'ok', version }),
  '/env': async () => ({ ...process.env }),
  '/who': async () => ({ instance, version, greeting: GREETING }),
  '/item': async () => (await pool.query('select name from items where id = 7')).rows[0],
  '/back': async () => (await fetch(`${BACK_URL}/who`, { signal: AbortSignal.timeout(2000) })).json(),
  '/crash': async () => process.exit(9),
  /** Some tenths of a second of computing. */
  '/work': async () => {
    let sum = 0;
    for (let step = 0; step < 400_000_000; step += 1) sum = (sum + step) % 1_000_003;
    return { sum };
  },
  '/stuck': async () => {
    for (;;);
  },
};

const server = createServer((request, response) => {
  if (draining) response.setHeader('connection', 'close');
  const path = request.url ?? '/';
  if (path !== '/healthz') log({ msg: 'request', path });
  const answer = answers[path];
  if (!answer) {
    response.writeHead(404).end();
    return;
  }
  answer().then(
    (body) => response.end(JSON.stringify(body)),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});
server.listen({ host: HOST, port: Number(PORT), reusePort: true });

process.on('SIGTERM', () => {
  draining = true;
  setImmediate(() => net.Server.prototype.close.call(server, () => process.exit(0)));
  setTimeout(() => process.exit(0), 4000);
});
