// `vus` and `iterations` alone are a shared-iterations scenario named default.
// docs: using-k6/k6-options/reference#iterations
// promises: exit 0, iterations 5, console 5
// parity: console in any order because the virtual users run side by side
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';

export const options = { vus: 2, iterations: 5 };

export default function () {
  const { name, executor, iterationInTest } = exec.scenario;
  console.log(`${name} ${executor} ${iterationInTest}`);
}
