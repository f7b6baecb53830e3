// The server that both engines ask, in a process of its own. Counts its answers, and tells the count when it is asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = JSON.stringify({ items: Array.from({ length: 10 }, (_, id) => ({ id, name: `product ${id}` })) });
let answers = 0;
const server = createServer((_, response) => {
  answers += 1;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => process.send?.(answers));
process.on('disconnect', () => process.exit());
