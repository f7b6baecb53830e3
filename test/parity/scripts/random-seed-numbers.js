// The numbers of a seed are the same on every run, so that a script that names its seed visits the same pages.
// docs: javascript-api/k6/random-seed
// promises: exit 0, iterations 1, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import { randomSeed } from 'k6';

export default function () {
  randomSeed(123456789);
  console.log([Math.random(), Math.random(), Math.random()].map((number) => number.toFixed(6)).join(' '));
}
