import { describe, expect, it } from 'vitest';
import { createEmitter } from '../../../orchestrator/conductor/emitter.ts';
import type { RunEvent } from '../../../orchestrator/conductor/events.ts';
import type { Report } from '../../../orchestrator/reports/report.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function recording(events: RunEvent[]): Report {
  return { event: (event) => void events.push(event), close: async () => undefined };
}

function broken(what: 'event' | 'close'): Report {
  const fail = (): never => {
    throw new Error(`${what} is broken`);
  };
  return {
    event: what === 'event' ? fail : () => undefined,
    close: async () => (what === 'close' ? fail() : undefined),
  };
}

describe('the stream of events', () => {
  it('goes on past a listener that fails, and tells of it once to the caller and once as trouble', async () => {
    const events: RunEvent[] = [];
    const told: string[] = [];
    const clock = new FakeClock();
    const emitter = createEmitter({
      clock,
      listeners: { first: broken('event'), second: recording(events) },
      onListenerFailure: (name, error) => told.push(`${name}: ${String(error)}`),
    });
    emitter.emit({ type: 'progress', line: 'one' });
    emitter.emit({ type: 'progress', line: 'two' });
    expect(events).toEqual([
      { at: clock.now(), type: 'progress', line: 'one' },
      { at: clock.now(), type: 'trouble', message: 'the first report failed: event is broken' },
      { at: clock.now(), type: 'progress', line: 'two' },
    ]);
    expect(told).toEqual(['first: Error: event is broken']);
    expect(await emitter.close()).toEqual(['first']);
  });

  it('closes every listener, and a later one hears of an earlier one that could not be closed', async () => {
    const events: RunEvent[] = [];
    const emitter = createEmitter({
      clock: new FakeClock(),
      listeners: { junit: broken('close'), journal: recording(events) },
      onListenerFailure: () => undefined,
    });
    expect(await emitter.close()).toEqual(['junit']);
    expect(events).toMatchObject([{ type: 'trouble', message: 'the junit report failed: close is broken' }]);
  });

  it('shows every listener the same order, even where one of them emits', () => {
    const seen: RunEvent[][] = [[], []];
    const emitter = createEmitter({
      clock: new FakeClock(),
      listeners: {
        emitting: {
          event: (event) => {
            seen[0]?.push(event);
            if (event.type === 'progress') emitter.emit({ type: 'act-ended', act: 'calm' });
          },
          close: async () => undefined,
        },
        other: recording(seen[1] ?? []),
      },
      onListenerFailure: () => undefined,
    });
    emitter.emit({ type: 'progress', line: 'one' });
    expect(seen[0]?.map(({ type }) => type)).toEqual(['progress', 'act-ended']);
    expect(seen[1]).toEqual(seen[0]);
  });

  it('gives listeners what a journal can hold, and nothing else', () => {
    const events: RunEvent[] = [];
    const emitter = createEmitter({
      clock: new FakeClock(),
      listeners: { events: recording(events) },
      onListenerFailure: () => undefined,
    });
    emitter.emit({ type: 'footprint', processes: [{ name: 'catalog', pssMb: Number.NaN, cpuSeconds: 1 }] });
    expect(events).toEqual(JSON.parse(JSON.stringify(events)));
  });
});
