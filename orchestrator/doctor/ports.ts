import { messageOf } from '../errors.ts';
import { type Reservation, reservePort } from '../runtime/process/ports.ts';
import { type Check, ok, problem } from './check.ts';

/** More than a show has at once: a port for each service and its successor, each link, the database, the tap, the flags, the load. */
const needed = 64;

const remedies: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'sudo ip link set lo up',
  EADDRINUSE: 'sudo sysctl -w net.ipv4.ip_local_port_range="32768 60999"; `ss -s` tells who holds them',
  EMFILE: 'ulimit -n 4096',
  EACCES: 'let this program listen on 127.0.0.1: a sandbox or a security profile forbids it',
  EPERM: 'let this program listen on 127.0.0.1: a sandbox or a security profile forbids it',
};

/** Whether servers can listen on 127.0.0.1, and on as many ports as a show has. */
export const portsCheck = (reserve: () => Promise<Reservation> = reservePort): Check => ({
  async look() {
    const tried = await Promise.allSettled(Array.from({ length: needed }, reserve));
    const reserved = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const reservation of reserved) reservation.letGo();
    const failed = tried.find((one) => one.status === 'rejected');
    if (!failed) return ok(`${needed} ports of 127.0.0.1 could be opened at once`);
    const { code = '' } = failed.reason as NodeJS.ErrnoException;
    return problem(
      `only ${reserved.length} of ${needed} ports of 127.0.0.1 could be opened: ${messageOf(failed.reason)}`,
      remedies[code] ?? 'ss -ltn',
    );
  },
});
