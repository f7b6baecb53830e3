import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = path.join(root, 'services');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Entry {
  readonly version: string;
  readonly releases?: readonly string[];
  readonly instrumented?: boolean;
  readonly database?: boolean;
  readonly calls: readonly string[];
  readonly routes: readonly string[];
}

const { services } = parse(read('services/shop.yaml')) as { services: Record<string, Entry> };
const { flags } = JSON.parse(read('services/flags.json')) as { flags: Record<string, unknown> };
const { profiles } = parse(read('load-profiles/profiles.yaml')) as {
  profiles: Record<string, { reaches: Record<string, readonly string[]> }>;
};

function sourceOf(service: string): string {
  return readdirSync(path.join(folder, service))
    .map((file) => readFileSync(path.join(folder, service, file), 'utf8'))
    .join('\n');
}

const all = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? '').toSorted();

it('describes exactly the services there are', () => {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['lib', 'schema'].includes(entry.name))
    .map((entry) => entry.name);
  expect(folders.toSorted()).toEqual(Object.keys(services).toSorted());
});

describe.each(Object.entries(services))('%s', (name, entry) => {
  const source = sourceOf(name);

  it('has the routes of its code', () => {
    const express = [...source.matchAll(/app\.(get|post|put|delete)\('([^']+)'/g)].map(
      ([, method, route]) => `${method?.toUpperCase()} ${route}`,
    );
    const plain = [...source.matchAll(/method === '(\w+)' && request\.url === '([^']+)'/g)].map(
      ([, method, route]) => `${method} ${route}`,
    );
    expect([...express, ...plain].toSorted()).toEqual([...entry.routes].toSorted());
  });

  it('calls the services its code calls', () => {
    expect(all(source, /clientOf\('(\w+)'/g)).toEqual([...entry.calls].toSorted());
  });

  it('has a database when its code opens one', () => {
    expect(source.includes('openDatabase(')).toBe(entry.database ?? false);
  });

  it('has the releases its code knows, and starts with an older one', () => {
    expect(all(source, /isAtLeast\(config\.version, '([\d.]+)'\)/g)).toEqual([...(entry.releases ?? [])].toSorted());
    expect(entry.releases ?? []).not.toContain(entry.version);
  });
});

it('has the flags the services ask for', () => {
  const asked = Object.keys(services).flatMap((name) => all(sourceOf(name), /isOn\('([\w-]+)'\)/g));
  expect(asked.toSorted()).toEqual(Object.keys(flags).toSorted());
});

it('has every route that a load profile reaches', () => {
  for (const { reaches } of Object.values(profiles)) {
    for (const [service, routes] of Object.entries(reaches)) {
      expect(services[service]?.routes ?? []).toEqual(expect.arrayContaining([...routes]));
    }
  }
});
