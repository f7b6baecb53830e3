import { FlagdCore } from '@openfeature/flagd-core';
import {
  type EvaluationContext,
  type JsonValue,
  OpenFeature,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { trace } from '@opentelemetry/api';
import type { Config } from './config.ts';
import { followFlags } from './flag-stream.ts';
import { logger } from './logger.ts';
import { seededRandom } from './random.ts';

const noFlags = JSON.stringify({ flags: {} });

export interface Flags {
  /** Whether a flag is on for this request; off while the source of flags is gone. Noted on the request's span. */
  isOn(key: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Flags as the source at FLAGS_URL streams them; without FLAGS_URL every flag keeps its default. */
export function openFlags(config: Config): Flags {
  const provider = new FlagdProvider();
  OpenFeature.setProvider(provider);
  const client = OpenFeature.getClient();
  const url = process.env['FLAGS_URL'];
  const stop = url === undefined ? undefined : followFlags(url, provider);
  const random = seededRandom(config.seed, `${config.name} flags`);

  return {
    async isOn(key) {
      // Every request is a customer of its own, so that a share of the requests is a share of the contexts.
      const targetingKey = random().toString(36).slice(2);
      const { value, variant } = await client.getBooleanDetails(key, false, { targetingKey });
      trace
        .getActiveSpan()
        ?.setAttributes({ 'feature_flag.key': key, 'feature_flag.result.variant': variant ?? (value ? 'on' : 'off') });
      return value;
    },
    async close() {
      await stop?.();
      await OpenFeature.close();
    },
  };
}

/** Evaluates flagd's format in this process. */
class FlagdProvider implements Provider {
  readonly metadata = { name: 'flagd-stream' };
  readonly runsOn = 'server';
  readonly #core = new FlagdCore();
  #isGone = false;

  onDocument(text: string): void {
    try {
      this.#core.setConfigurations(text);
      logger.info(this.#isGone ? 'flag source is back' : 'flags received');
      this.#isGone = false;
    } catch (err) {
      this.#core.setConfigurations(noFlags);
      logger.error({ err }, 'malformed flags, back to the defaults');
    }
  }

  onGone(reason: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#core.setConfigurations(noFlags);
    logger.warn({ err: reason instanceof Error ? reason : undefined }, 'flag source is gone, back to the defaults');
  }

  resolveBooleanEvaluation(
    key: string,
    fallback: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(this.#core.resolveBooleanEvaluation(key, fallback, context));
  }

  resolveStringEvaluation(
    key: string,
    fallback: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(this.#core.resolveStringEvaluation(key, fallback, context));
  }

  resolveNumberEvaluation(
    key: string,
    fallback: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return Promise.resolve(this.#core.resolveNumberEvaluation(key, fallback, context));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    fallback: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(this.#core.resolveObjectEvaluation(key, fallback, context));
  }
}
