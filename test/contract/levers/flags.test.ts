import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { FlagdCore } from '@openfeature/flagd-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FlagSource, startFlagSource } from '../../../orchestrator/faults/levers/flag-source.ts';
import type { FlagDefinitions } from '../../../orchestrator/runtime/shop.ts';

const definitions: FlagDefinitions = {
  flags: {
    'live-prices': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' },
    'regional-tax': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' },
  },
};

/** A service's end of the stream: what it was sent, in order, and the flags as it evaluates them. */
class Listener {
  readonly documents: string[] = [];
  readonly heartbeats: number[] = [];
  readonly ended: Promise<unknown>;
  readonly #core = new FlagdCore();
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) this.#line(line);
    });
    // A source that closes cuts the stream.
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', resolve));
  }

  static async open(url: string): Promise<Listener> {
    const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    return new Listener(response);
  }

  leave(): void {
    this.#response.destroy();
  }

  isOn(flag: string, targetingKey: string): boolean {
    return this.#core.resolveBooleanEvaluation(flag, false, { targetingKey }).value;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this.#response, 'data');
  }

  #line(line: string): void {
    if (line.startsWith(':')) this.heartbeats.push(performance.now());
    if (!line.startsWith('data: ')) return;
    this.documents.push(line.slice('data: '.length));
    this.#core.setConfigurations(line.slice('data: '.length));
  }
}

let source: FlagSource;
let listener: Listener;

beforeEach(async () => {
  source = await startFlagSource({ definitions });
  listener = await Listener.open(source.url);
  await listener.until(() => listener.documents.length > 0);
});

afterEach(async () => {
  listener.leave();
  await source.close();
});

const keys = Array.from({ length: 2000 }, (_, index) => `customer-${index}`);
const shareOf = (flag: string) => keys.filter((key) => listener.isOn(flag, key)).length / keys.length;

test('a service that connects is sent the whole document at once', () => {
  expect(JSON.parse(listener.documents[0] ?? '')).toEqual(definitions);
  expect(shareOf('live-prices')).toBe(0);
});

test('a flag rolled out to all is on for all, and others are not touched', async () => {
  const undo = await source.lever.rollOut('live-prices', 'on', 1);
  await listener.until(() => listener.documents.length === 2);
  expect(shareOf('live-prices')).toBe(1);
  expect(shareOf('regional-tax')).toBe(0);
  expect(source.lever.changed()).toEqual(['live-prices']);
  await undo();
  await listener.until(() => listener.documents.length === 3);
  expect(JSON.parse(listener.documents[2] ?? '')).toEqual(definitions);
  expect(source.lever.changed()).toEqual([]);
});

test('a flag rolled out to a share is on for that share, and always for the same contexts', async () => {
  await source.lever.rollOut('live-prices', 'on', 0.25);
  await listener.until(() => listener.documents.length === 2);
  expect(shareOf('live-prices')).toBeGreaterThan(0.22);
  expect(shareOf('live-prices')).toBeLessThan(0.28);
  const [key = ''] = keys.filter((candidate) => listener.isOn('live-prices', candidate));
  expect(listener.isOn('live-prices', key)).toBe(true);
});

test('a service that connects later is sent the flags as they are then', async () => {
  await source.lever.rollOut('regional-tax', 'on', 1);
  const late = await Listener.open(source.url);
  await late.until(() => late.documents.length > 0);
  expect(late.isOn('regional-tax', 'anybody')).toBe(true);
  late.leave();
});

test('a service that has gone does not hold up a roll-out', async () => {
  const gone = await Listener.open(source.url);
  gone.leave();
  await source.lever.rollOut('live-prices', 'on', 1);
});

test('an undo called twice undoes once', async () => {
  const undo = await source.lever.rollOut('live-prices', 'on', 1);
  await undo();
  await undo();
  await source.lever.rollOut('regional-tax', 'on', 1);
  await listener.until(() => listener.documents.length >= 4);
  expect(listener.documents).toHaveLength(4);
});

test('flags and variants that the shop does not have are refused, and so is a second roll-out', async () => {
  await expect(source.lever.rollOut('no-such-flag', 'on', 1)).rejects.toThrow('no flag no-such-flag');
  await expect(source.lever.rollOut('live-prices', 'maybe', 1)).rejects.toThrow('variant maybe');
  await source.lever.rollOut('live-prices', 'on', 1);
  await expect(source.lever.rollOut('live-prices', 'on', 0.5)).rejects.toThrow('rolled out already');
});

test('a heartbeat comes every second', async () => {
  await listener.until(() => listener.heartbeats.length === 3);
  const [first = 0, , third = 0] = listener.heartbeats;
  expect(third - first).toBeGreaterThan(1500);
  expect(third - first).toBeLessThan(3000);
});

test('closing ends the streams, so that every service goes back to its defaults', async () => {
  const { ended } = listener;
  await source.close();
  await ended;
});
