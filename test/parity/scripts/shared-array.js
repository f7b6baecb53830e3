// A SharedArray is made once and read by all virtual users; its elements cannot be changed.
// docs: javascript-api/k6-data/sharedarray
// promises: exit 0, iterations 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check } from 'k6';
import { SharedArray } from 'k6/data';

const goods = new SharedArray('goods', () => JSON.parse(open('./data/goods.json')).goods);

export const options = { vus: 2, iterations: 4 };

export default function () {
  check(goods, {
    length: (all) => all.length === 3,
    element: (all) => all[1].name === 'plate' && all[1].tags[0] === 'flat',
    'beyond its end': (all) => all[3] === undefined,
    'loops and functions': (all) => {
      let sum = 0;
      for (const { price } of all) sum += price;
      return (
        sum === 17 &&
        all.map(({ name }) => name).join() === 'cup,plate,pot' &&
        all.find((g) => g.price > 4).name === 'plate'
      );
    },
    'a fresh copy each time': (all) => all[0] !== all[0],
    'cannot be changed': (all) => {
      try {
        all[0] = null;
      } catch (error) {
        return error instanceof TypeError;
      }
      return false;
    },
  });
}
