import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import { fieldsOf } from './condition.ts';
import { intrinsics, knownFields, Params, type Signal, tableOf } from './fields.ts';
import { invalid } from './refusal.ts';
import { plain } from './scalar.ts';

function signalOf(query: URLSearchParams): Signal {
  const signal = query.get('signal') ?? 'traces';
  if (signal !== 'traces' && signal !== 'logs') throw invalid(`invalid signal: ${signal}`);
  return signal;
}

/** `GET /api/v1/fields/keys`: what can be asked for, by name. */
export async function fieldKeys(store: TelemetryStore, query: URLSearchParams): Promise<unknown> {
  const signal = signalOf(query);
  const searched = (query.get('searchText') ?? '').toLowerCase();
  const limit = Number(query.get('limit') ?? 1000) || 1000;
  const all = [...intrinsics[signal].values(), ...[...(await knownFields(store, signal)).values()].flat()];
  const found = all.filter(({ name }) => name.toLowerCase().includes(searched));
  const keys: Record<string, unknown[]> = {};
  for (const { name, context: fieldContext, type: fieldDataType } of found.slice(0, limit)) {
    (keys[name] ??= []).push({ name, signal, fieldContext, fieldDataType });
  }
  return { status: 'success', data: { keys, complete: found.length <= limit } };
}

/** `GET /api/v1/fields/values`: which values a field has, in a time. */
export async function fieldValues(store: TelemetryStore, query: URLSearchParams): Promise<unknown> {
  const signal = signalOf(query);
  const context = query.get('fieldContext');
  const name = `${context ? `${context}.` : ''}${query.get('name') ?? ''}`;
  const params = new Params();
  const from = params.add(BigInt(query.get('startUnixMilli') || 0) * 1_000_000n);
  const to = params.add(BigInt(query.get('endUnixMilli') || 9_000_000_000_000) * 1_000_000n);
  const time = signal === 'traces' ? 'start_ns' : 'time_ns';
  const values: Record<string, unknown[]> = { stringValues: [], numberValues: [], boolValues: [], relatedValues: [] };
  for (const { sql, type } of fieldsOf({ signal, known: await knownFields(store, signal) }, name)) {
    const rows = await store.query<{ value: unknown }>(
      `SELECT DISTINCT ${sql} AS value FROM ${tableOf[signal]} WHERE ${time} >= ${from} AND ${time} < ${to} AND ${sql} IS NOT NULL ORDER BY 1 LIMIT 100`,
      params.values,
    );
    values[`${type}Values`]?.push(...rows.map(({ value }) => plain(value)));
  }
  return { status: 'success', data: { values, complete: true } };
}
