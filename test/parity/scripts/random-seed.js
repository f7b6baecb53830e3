// randomSeed makes Math.random give the same numbers in every iteration that sets the same seed, and others for another.
// docs: javascript-api/k6/random-seed
// promises: exit 0, iterations 2, checks 4, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { check, randomSeed } from 'k6';

export const options = { iterations: 2 };

const draw = (seed) => {
  randomSeed(seed);
  return [Math.random(), Math.random(), Math.random()].join();
};

export default function () {
  check(draw(42), {
    'again the same': (numbers) => numbers === draw(42),
    'another seed, other numbers': (numbers) => numbers !== draw(43),
  });
}
