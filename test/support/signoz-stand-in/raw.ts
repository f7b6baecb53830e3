import type { Attributes } from '../../../orchestrator/backends/backend.ts';
import type { TelemetryStore } from '../../../orchestrator/telemetry/store.ts';
import type { Names } from './condition.ts';
import { intrinsics, logResource, Params, tableOf } from './fields.ts';
import type { Key, Range, Spec } from './query-range.ts';
import { groupOf, plain, whereOf } from './scalar.ts';

/** Rows: all fields of a span or a log record, or those selected. */
export async function raw(store: TelemetryStore, spec: Spec, range: Range, names: Names): Promise<unknown> {
  const { signal, selectFields = [], order = [{ key: { name: 'timestamp' }, direction: 'desc' }] } = spec;
  const params = new Params();
  const columns = selectFields.length === 0 ? allOf(signal) : selectedOf(names, selectFields);
  const sql = `
    SELECT ${columns.join(', ')} FROM ${tableOf[signal]} WHERE ${whereOf(spec, range, names, params)}
    ORDER BY ${order.map(({ key, direction }) => `${sortKey(names, key)} ${direction}`).join(', ')}
    LIMIT ${spec.limit || 100} OFFSET ${spec.offset ?? 0}`;
  const rows = await store.query<Record<string, unknown> & { readonly timestamp: bigint }>(sql, params.values);
  return {
    queryName: spec.name,
    nextCursor: '',
    rows:
      rows.length === 0
        ? null
        : rows.map((row) => {
            const timestamp = rfc3339(row.timestamp);
            const data = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
            return { timestamp, data: { ...(selectFields.length === 0 ? unpacked(signal, data) : data), timestamp } };
          }),
  };
}

function sortKey(names: Names, key: Key): string {
  const own = intrinsics[names.signal].get(key.name);
  return own?.sql ?? groupOf(names, key);
}

function allOf(signal: Spec['signal']): readonly string[] {
  const own = [...intrinsics[signal].values()].map(({ name, sql }) => `${sql} AS "${name}"`);
  return signal === 'traces'
    ? [...own, 'attributes', 'resource', 'events']
    : [...own, 'attributes', `${logResource}::VARCHAR AS resource`];
}

function selectedOf(names: Names, selected: readonly Key[]): readonly string[] {
  const always = ['timestamp', 'trace_id', 'span_id'].map((name) => ({ name }));
  const others = selected.filter(({ name }) => !always.some((key) => key.name === name));
  return [...always, ...others].map((key) => `${sortKey(names, key)} AS "${key.name.replaceAll('"', '""')}"`);
}

/** Of a span attributes and resource as one map each; of a log record a map by type, as the real one has it. */
function unpacked(
  signal: Spec['signal'],
  { attributes: text, resource, events, ...fields }: Record<string, unknown>,
): object {
  const attributes = JSON.parse(String(text)) as Attributes;
  if (signal === 'traces') {
    return { ...fields, attributes, resource: stringsOf(resource), events: eventsOf(events, 'attributes'), links: [] };
  }
  const ofType = (type: string): object =>
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => typeof value === type));
  return {
    ...fields,
    attributes_string: ofType('string'),
    attributes_number: ofType('number'),
    attributes_bool: ofType('boolean'),
    resources_string: stringsOf(resource),
    scope_string: {},
  };
}

/** A resource's attributes are texts, whatever was sent. */
export function stringsOf(json: unknown): Readonly<Record<string, string>> {
  const fields = JSON.parse(String(json)) as Attributes;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

interface StoredEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

/** Events as rows (`attributes`) and waterfalls (`attributeMap`) have them. */
export function eventsOf(json: unknown, attributesName: 'attributes' | 'attributeMap'): readonly object[] {
  const events = JSON.parse(typeof json === 'string' ? json : '[]') as readonly StoredEvent[];
  return events.map(({ name, timeMs, attributes }) => ({
    name,
    timeUnixNano: Math.round(timeMs * 1000) * 1000,
    [attributesName]: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
  }));
}

/** Epoch nanoseconds as RFC 3339 to the nanosecond. */
export function rfc3339(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(nanos % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}
