// The network proxy's process: Toxiproxy's API on HOST:PORT, so that the links live outside the orchestrator's event loop.
import { createApi } from './api.ts';

const host = process.env['HOST'] ?? '127.0.0.1';
const server = createApi();
// SO_REUSEPORT, because whoever starts this keeps the port reserved until it answers.
server.listen({ host, port: Number(process.env['PORT'] ?? 8474), reusePort: process.platform === 'linux' });
process.on('SIGTERM', () => process.exit(0));
