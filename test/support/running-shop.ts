import { type FlagSource, startFlagSource } from './flag-source.ts';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { freePort, type ShopDatabase, startDatabase } from './shop.ts';

const versions = {
  bank: '7.1.0',
  inventory: '1.1.0',
  fulfilment: '1.0.4',
  catalog: '2.5.0',
  payment: '2.0.3',
  cart: '1.3.1',
  checkout: '1.10.0',
  storefront: '3.2.0',
} as const;

type ServiceName = keyof typeof versions;

export interface TestShop {
  readonly url: string;
  readonly database: ShopDatabase;
  readonly sink: OtlpSink;
  readonly flags: FlagSource;
  readonly services: ReadonlyMap<string, ServiceProcess>;
  /** The environment `name` was started with, to start another instance of it. */
  envOf(name: ServiceName): Record<string, string>;
  stop(): Promise<void>;
}

/** The whole shop as processes, with every release's code in it, sending its telemetry to a sink. */
export async function startTestShop(): Promise<TestShop> {
  const sink = await startOtlpSink();
  const flags = await startFlagSource();
  const database = await startDatabase();
  const ports = new Map<string, number>();
  for (const name of Object.keys(versions)) ports.set(name, await freePort());

  const urls = Object.fromEntries(
    [...ports].map(([name, port]) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${port}`]),
  );
  const envOf = (name: ServiceName): Record<string, string> => ({
    ...urls,
    SERVICE_VERSION: versions[name],
    PORT: String(ports.get(name)),
    DATABASE_URL: database.url,
    FLAGS_URL: flags.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    OTEL_RESOURCE_ATTRIBUTES: `service.namespace=shop,service.version=${versions[name]}`,
    SEED: '1',
  });

  const services = new Map<string, ServiceProcess>();
  const stop = async (): Promise<void> => {
    await Promise.all([...services.values()].map((service) => service.stop()));
    await Promise.all([database.stop(), flags.close(), sink.close()]);
  };
  try {
    for (const name of Object.keys(versions) as ServiceName[]) {
      services.set(name, await startServiceProcess(name, Number(ports.get(name)), envOf(name)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: services.get('storefront')?.url ?? '', database, sink, flags, services, envOf, stop };
}
