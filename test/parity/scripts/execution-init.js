// What k6/execution tells of an iteration cannot be asked while the script is loaded.
// docs: javascript-api/k6-execution
// promises: exit 0, iterations 1, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';

const ask = (how) => {
  try {
    return how();
  } catch (error) {
    return `throws ${error !== null}`;
  }
};
const found = [ask(() => exec.vu.idInTest), ask(() => exec.scenario.name), ask(() => exec.vu.iterationInInstance)];

export default function () {
  for (const one of found) console.log(String(one));
}
