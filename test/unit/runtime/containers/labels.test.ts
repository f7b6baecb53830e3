import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAbandoned, label, labelsOf, type Place } from '../../../../orchestrator/runtime/containers/labels.ts';
import { startTimeOf } from '../../../../orchestrator/runtime/process/identity.ts';

const place: Place = { namespace: 'pid:[1]', boot: 'boot-1', machine: 'machine-1' };

const alive = `${process.pid} ${startTimeOf(process.pid)}`;
const dead = `${spawnSync('true').pid} 1`;
const later = Date.now() + 60_000;
const over = Date.now() - 60_000;

const ofOwner = (owner: string, lease: number) => ({
  [label.run]: 'r',
  [label.owner]: owner,
  [label.lease]: String(lease),
});

test.each([
  ['alive here', alive, place, { later: false, over: false }],
  ['dead here', dead, place, { later: true, over: true }],
  ['in another pid namespace of this boot', dead, { ...place, namespace: 'pid:[2]' }, { later: false, over: true }],
  ['of an earlier boot of this machine', alive, { ...place, boot: 'boot-0' }, { later: true, over: true }],
  [
    'of another machine, whose engine may come here by a forwarded socket',
    dead,
    { ...place, boot: 'boot-0', machine: 'machine-2' },
    { later: false, over: true },
  ],
])('what has an owner %s', (_, identity, from, abandoned) => {
  const owner = `${identity} ${from.namespace} ${from.boot} ${from.machine}`;
  expect(isAbandoned(ofOwner(owner, later), place), 'lease not over').toBe(abandoned.later);
  expect(isAbandoned(ofOwner(owner, over), place), 'lease over').toBe(abandoned.over);
});

test.each(['', ' unknown'])(
  'an owner from another boot that does not know its machine (%j) is known by its lease',
  (machine) => {
    const unknown: Place = { ...place, machine: 'unknown' };
    const owner = `${dead} ${place.namespace} boot-0${machine}`;
    expect(isAbandoned(ofOwner(owner, later), unknown)).toBe(false);
    expect(isAbandoned(ofOwner(owner, over), unknown)).toBe(true);
  },
);

test('what this process has is not abandoned, also when its lease is over', () => {
  const labels = labelsOf('r');
  expect(Object.keys(labels).toSorted()).toEqual(Object.values(label).toSorted());
  expect(isAbandoned(labels)).toBe(false);
  expect(isAbandoned({ ...labels, [label.lease]: String(over) })).toBe(false);
});

const all = Object.entries(ofOwner(`${dead} ${place.namespace} ${place.boot} ${place.machine}`, over));

test.each(Object.values(label))('what lacks %s, or has nothing in it, is never abandoned', (name) => {
  const others = Object.fromEntries(all.filter(([each]) => each !== name));
  expect(isAbandoned(others, place)).toBe(false);
  expect(isAbandoned({ ...others, [name]: '' }, place)).toBe(false);
});

test.each(all)('what has only %s is never abandoned', (name, value) => {
  expect(isAbandoned({ [name]: value }, place)).toBe(false);
});

test('what has no labels is never abandoned', () => expect(isAbandoned({}, place)).toBe(false));

test('what carries a lease that is no time is not abandoned where only that decides', () => {
  expect(isAbandoned({ ...ofOwner('x', over), [label.lease]: 'soon' }, place)).toBe(false);
});
