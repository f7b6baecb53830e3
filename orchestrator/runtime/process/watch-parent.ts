// Preloaded into every Node child: ends it when the process that started it is gone, however that ended.
import { Socket } from 'node:net';

/** A service drains within 4 s; whatever is still here then will not end by itself. */
const patienceMs = 4500;

// stdin is a pipe that nobody writes to; its end means that the parent's side is closed.
const parent = new Socket({ fd: 0, readable: true, writable: false });
parent.on('error', () => parent.destroy());
parent.on('close', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), patienceMs).unref();
});
parent.resume();
parent.unref();
