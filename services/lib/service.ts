import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, readConfig } from './config.ts';
import { logger } from './logger.ts';
import { listen } from './server.ts';
import { shutdownTelemetry } from './telemetry-handle.ts';

/** From the signal on: draining takes at most 4 s of it, and whoever stops a service allows it 5 s. */
const stopTimeoutMs = 4500;

export interface Service {
  readonly handler: RequestListener;
  /** Closes what the service opened, once its last request is answered. What takes too long is cut off. */
  close(): Promise<void>;
}

/** Starts a service and stops it on SIGTERM or SIGINT: drain, close, send what telemetry is left, exit 0. Exits with 1 when either fails. */
export function startService(name: string, create: (config: Config) => Service): void {
  run(name, create).catch((err: unknown) => {
    logger.fatal({ err }, `${name} failed`);
    process.exitCode = 1;
    process.exit();
  });
}

async function run(name: string, create: (config: Config) => Service): Promise<void> {
  const config = readConfig(name);
  const service = create(config);
  const server = await listen(config, service.handler);
  logger.info({ version: config.version, port: server.port }, `${name} is up`);

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  logger.info({ signal }, 'draining');
  const timeUp = sleep(stopTimeoutMs);
  await server.drain();
  await Promise.race([service.close(), timeUp]);
  await shutdownTelemetry();
  process.exit(0);
}
