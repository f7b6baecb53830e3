import { z } from 'zod';
import type { Judgement, Timing } from './expectation.ts';

/** What is compared: milliseconds, percent (0..100), a number, or a number per second. */
export type Quantity = 'duration' | 'percent' | 'count' | 'rate';

type Operator = '>=' | '<=' | '>' | '<';

/** A parsed bound. `value` is in the quantity's unit, or a factor of the calm act's value where `relative`. */
export interface Bound {
  readonly quantity: Quantity;
  readonly operator: Operator;
  readonly value: number;
  readonly relative: boolean;
  /** As it is shown: `>= 3x baseline`. */
  readonly text: string;
}

interface Scale {
  /** Spelling of a unit → how many of the quantity's own unit it is. */
  readonly units: Readonly<Record<string, number>>;
  readonly example: string;
  readonly suffix: string;
}

const scales: Readonly<Record<Quantity, Scale>> = {
  duration: { units: { ms: 1, s: 1000 }, example: '>= 200ms', suffix: ' ms' },
  percent: { units: { '%': 1 }, example: '>= 2%', suffix: '%' },
  count: { units: { '': 1 }, example: '>= 20', suffix: '' },
  rate: { units: { '/s': 1 }, example: '>= 5/s', suffix: '/s' },
};

const holds: Readonly<Record<Operator, (left: number, right: number) => boolean>> = {
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
};

const grammar = /^(?<operator>>=|<=|>|<)\s*(?<value>\d+(?:\.\d+)?)\s*(?<unit>x\s+baseline|ms|s|%|\/s|)$/;

/** Schema of a bound in a show file: `'>= 3x baseline'`, or a value in the quantity's unit such as `'>= 200ms'`. */
export function boundOn(quantity: Quantity) {
  const examples = [scales[quantity].example, '>= 3x baseline', '<= 1.5x baseline'];
  const hint = `write a comparison and a value, for example ${examples.map((example) => `'${example}'`).join(', ')}`;
  return z
    .string({ error: (issue) => `${JSON.stringify(issue.input)} is not a bound: ${hint}` })
    .meta({ description: `A bound: ${hint}.`, examples })
    .transform((text, context): Bound => {
      const parsed = parse(text.trim(), quantity);
      if (parsed) return parsed;
      context.addIssue(`'${text}' is not a bound: ${hint}`);
      return z.NEVER;
    });
}

function parse(text: string, quantity: Quantity): Bound | undefined {
  const match = grammar.exec(text)?.groups;
  if (!match) return undefined;
  const operator = match['operator'] as Operator;
  const unit = match['unit'] ?? '';
  const number = Number(match['value']);
  if (unit.startsWith('x')) {
    return { quantity, operator, value: number, relative: true, text: `${operator} ${number}x baseline` };
  }
  const factor = scales[quantity].units[unit];
  if (factor === undefined) return undefined;
  return { quantity, operator, value: number * factor, relative: false, text: `${operator} ${number}${unit}` };
}

/**
 * Whether a bound describes an anomaly, which appears, or what must not get worse, which stays. A bound relative to the calm act
 * stays if the calm act itself keeps it (`<= 1.5x`, `>= 0.5x`); an absolute one if it ends the side on which it gets `worse`.
 */
export function timingOf({ operator, relative, value }: Bound, worse: '>' | '<' = '>'): Timing {
  const describesAnomaly = relative ? !holds[operator](1, value) : operator.startsWith(worse);
  return describesAnomaly ? 'appears' : 'stays';
}

/** A value with its unit, rounded for reading: `612 ms`, `0.8 ms`, `2.5%`. */
export function format(quantity: Quantity, value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return `${rounded}${scales[quantity].suffix}`;
}

/**
 * Whether a value keeps a bound. An unknown value never does. A multiple of a baseline that is absent or 0 means nothing:
 * that is `no-baseline`, whatever the value.
 */
export function compare(bound: Bound, what: string, now: number | undefined, before: number | undefined): Judgement {
  const { quantity, operator, relative, text } = bound;
  if (relative && !(before !== undefined && Number.isFinite(before) && before > 0)) {
    const why =
      before === 0
        ? `was 0 in the calm act, and a multiple of 0 says nothing; use a bound like '${scales[quantity].example}'`
        : 'is not known for the calm act';
    return { outcome: 'no-baseline', reason: `${what} ${why}` };
  }
  if (now === undefined || !Number.isFinite(now)) {
    return { outcome: 'not-met', reason: `${what} is not known, wanted ${text}` };
  }
  const limit = relative ? bound.value * (before ?? 0) : bound.value;
  const outcome = holds[operator](now, limit) ? 'met' : 'not-met';
  const reason = `${what} ${change(quantity, now, before)}${outcome === 'met' ? '' : `, wanted ${text}`}`;
  const isHigh = operator.startsWith('>') === (outcome === 'met');
  return { outcome, reason, ...pauseIf(isHigh, quantity) };
}

function pauseIf(isHigh: boolean, quantity: Quantity): Pick<Judgement, 'mayBePause'> {
  return isHigh && quantity === 'duration' ? { mayBePause: true } : {};
}

/** A value beside what it was in the calm act: `612 ms (5.1x the calm act's 120 ms)`. */
export function change(quantity: Quantity, now: number, before: number | undefined): string {
  if (before === undefined || !Number.isFinite(before)) return format(quantity, now);
  const calm = `the calm act's ${format(quantity, before)}`;
  const beside =
    before > 0 ? `${Math.round((now / before) * 10) / 10}x ${calm}` : `calm act: ${format(quantity, before)}`;
  return `${format(quantity, now)} (${beside})`;
}

/** The first judgement that is not `met`, rather one that no pause can have made; else all reasons together, `otherwise` when there are none. */
export function allOf(judgements: readonly Judgement[], otherwise: string): Judgement {
  const failed = judgements.filter(({ outcome }) => outcome !== 'met');
  const worst = failed.find(({ mayBePause }) => !mayBePause) ?? failed[0];
  if (worst) return worst;
  const reason = judgements.map((one) => one.reason).join('; ') || otherwise;
  return { outcome: 'met', reason, ...(judgements.some(({ mayBePause }) => mayBePause) && { mayBePause: true }) };
}

/**
 * Whether a value no longer is what the bound described, and is back near what it was: at most `factor` times the calm act's, or
 * `slack` above it, whichever allows more; where the anomaly was that it fell (`<= 0.5x baseline`), at least a `factor`th of it, or `slack` below it.
 * Without a baseline an absolute bound still tells: the anomaly is gone when the bound that described it no longer holds.
 */
export function backToNormal(bound: Bound, what: string, values: Values, allowed: Allowed): Judgement {
  const { now, before } = values;
  if (now === undefined || !Number.isFinite(now)) return { outcome: 'not-met', reason: `${what} is not known` };
  if (before !== undefined && Number.isFinite(before)) return backNear(bound, what, { now, before }, allowed);
  const anomaly = compare(bound, what, now, before);
  if (anomaly.outcome === 'no-baseline') return anomaly;
  const reason = `${what} ${format(bound.quantity, now)}`;
  return anomaly.outcome === 'met' ? { ...anomaly, outcome: 'not-met', reason } : { outcome: 'met', reason };
}

interface Values {
  readonly now: number | undefined;
  readonly before: number | undefined;
}

interface Allowed {
  readonly factor: number;
  readonly slack: number;
}

function backNear(
  bound: Bound,
  what: string,
  { now, before }: { readonly now: number; readonly before: number },
  { factor, slack }: Allowed,
): Judgement {
  const { operator, quantity, text } = bound;
  const isAnomaly = timingOf(bound) === 'appears';
  const fell = isAnomaly && operator.startsWith('<');
  const [side, limit] = fell
    ? (['>=', Math.min(before / factor, before - slack)] as const)
    : (['<=', Math.max(before * factor, before + slack)] as const);
  const reason = `${what} ${change(quantity, now, before)}`;
  const isStill = isAnomaly && compare(bound, what, now, before).outcome === 'met';
  if (!isStill && holds[side](now, limit)) return { outcome: 'met', reason };
  const why = isStill ? `still ${text}` : `healed at ${side} ${format(quantity, limit)}`;
  return { outcome: 'not-met', reason: `${reason}, ${why}`, ...pauseIf(!fell, quantity) };
}
