/**
 * The telemetry is a bundle of its own that Node loads before the service (`--require`), so that its hooks are in place first.
 * The two meet at this symbol on the global object: a function that sends what is left and stops.
 */
const shutdownSymbol = Symbol.for('shop.telemetry.shutdown');

type WithShutdown = { [shutdownSymbol]?: () => Promise<void> };

export function provideShutdown(shutdown: () => Promise<void>): void {
  (globalThis as WithShutdown)[shutdownSymbol] = shutdown;
}

/** Sends what is left; does nothing in a process without telemetry. */
export async function shutdownTelemetry(): Promise<void> {
  await (globalThis as WithShutdown)[shutdownSymbol]?.();
}
