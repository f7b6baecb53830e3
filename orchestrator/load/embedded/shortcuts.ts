import { durationOf, isObject, type OptionReader, type Values } from './options.ts';

/** What a script's options say about scenarios, in one way or another; undefined where they do not. */
interface Given {
  readonly vus?: unknown;
  readonly iterations?: unknown;
  readonly duration?: unknown;
  readonly stages?: readonly unknown[];
  readonly scenarios?: Values;
}

/** The scenarios as they were written, or what the shortcuts (`vus`, `duration`, `iterations`, `stages`) stand for, by name. */
export function scenariosOf(reader: OptionReader, warn: (text: string) => void): Values {
  const given = read(reader);
  const { iterations, duration, stages = [] } = given;
  if (iterations !== undefined) {
    return alone(reader, 'iterations', given) ?? { default: { executor: 'shared-iterations', ...iterationsOf(given) } };
  }
  if (duration !== undefined) {
    return alone(reader, 'duration', given) ?? { default: { executor: 'constant-vus', duration, ...vusOf(given) } };
  }
  if (stages.length > 0) return alone(reader, 'stages', given) ?? { default: rampOf(stages, given) };
  return withoutShortcut(given, warn);
}

function read(reader: OptionReader): Given {
  const scenarios = reader.object('scenarios');
  const stages = reader.list('stages');
  return {
    vus: reader.value('vus'),
    iterations: reader.value('iterations'),
    duration: reader.value('duration'),
    ...(stages && { stages }),
    ...(scenarios && { scenarios }),
  };
}

/** Notes what does not go together with the shortcut `name`, and gives no scenarios then. */
function alone(reader: OptionReader, name: string, { stages = [], scenarios }: Given): Values | undefined {
  const other = name !== 'stages' && stages.length > 0 ? 'stages' : scenarios && 'scenarios';
  if (other === undefined) return undefined;
  reader.note(name, `\`${name}\` and \`${other}\` exclude each other`, 'write one of them');
  return {};
}

function withoutShortcut({ vus, stages, scenarios }: Given, warn: (text: string) => void): Values {
  if (vus !== undefined && !stages) {
    if (scenarios) warn(`\`vus\` is ${JSON.stringify(vus)}: the scenarios are not played`);
    // What is wrong with `vus` is said of `vus`.
    const iterations = Number(vus) >= 1 ? vus : 1;
    return { default: { executor: 'shared-iterations', iterations, vus } };
  }
  if (scenarios && Object.keys(scenarios).length > 0) return scenarios;
  if (stages) warn('`stages` is empty: one virtual user plays one iteration');
  if (scenarios) warn('`scenarios` is empty: one virtual user plays one iteration');
  return { default: { executor: 'per-vu-iterations' } };
}

function iterationsOf(given: Given): Values {
  const { iterations, duration } = given;
  return { iterations, ...vusOf(given), ...(duration !== undefined && { maxDuration: duration }) };
}

/** As in k6 a stage without a duration is left out. */
function rampOf(stages: readonly unknown[], { vus }: Given): Values {
  const played = stages.filter((stage) => isObject(stage) && durationOf(stage['duration']) !== undefined);
  return { executor: 'ramping-vus', stages: played, ...(vus !== undefined && { startVUs: vus }) };
}

const vusOf = ({ vus }: Given): Values => (vus === undefined ? {} : { vus });
