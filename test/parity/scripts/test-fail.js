// exec.test.fail lets the test go on and marks it as failed: its exit code is 110.
// docs: javascript-api/k6-execution#test
// promises: exit 110, iterations 3, console 3
// logs: error no cups
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';

export const options = { iterations: 3 };

export default function () {
  if (__ITER === 0) exec.test.fail('no cups');
  console.log(`iteration ${__ITER} goes on`);
}
