/** The observed application as `services/shop.yaml` describes it. Code of the services and of the orchestrator meet only here, over HTTP, SQL, OTLP and env. */
export interface Shop {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** `services/flags.json`: flagd's JSON with the defaults every service falls back to. */
  readonly flags: FlagDefinitions;
}

export interface ServiceSpec {
  readonly name: string;
  /** The release the shop starts with, and every other release its code contains. */
  readonly version: string;
  readonly releases: readonly string[];
  /** False for the uninstrumented third party: it sends no telemetry, so nothing can be expected on it. */
  readonly instrumented: boolean;
  /** Whether it is given `DATABASE_URL`. */
  readonly database: boolean;
  /** Names of the services it calls; each gets `<NAME>_URL` through the network proxy's link `<service>-><name>`. */
  readonly calls: readonly string[];
  /** Its HTTP routes as `METHOD /path/:param`, as the traces show them. */
  readonly routes: readonly string[];
}

/** flagd's flag file: https://flagd.dev/reference/flag-definitions/ */
export interface FlagDefinitions {
  readonly flags: Readonly<Record<string, FlagDefinition>>;
}

export interface FlagDefinition {
  readonly state: 'ENABLED' | 'DISABLED';
  readonly variants: Readonly<Record<string, unknown>>;
  readonly defaultVariant: string;
  readonly targeting?: unknown;
}
