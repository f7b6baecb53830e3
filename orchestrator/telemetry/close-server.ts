import type { Server } from 'node:http';
import { promisify } from 'node:util';

/** What is being answered may go on for this long. Milliseconds. */
const patienceMs = 1000;

/** Stops listening and ends every connection, those that are answered at the latest after a second. Does nothing to a server that does not listen. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = promisify(server.close.bind(server))();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(force);
}
