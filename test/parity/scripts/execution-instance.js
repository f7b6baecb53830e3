// k6/execution tells how far the test is: iterations that are done or were cut off, virtual users, time.
// docs: javascript-api/k6-execution#instance
// promises: exit 0, iterations 3, console 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import exec from 'k6/execution';

export const options = { iterations: 3 };

const tell = (when) => {
  const { iterationsCompleted, iterationsInterrupted, vusActive, vusInitialized, currentTestRunDuration } =
    exec.instance;
  const numbers = [iterationsCompleted, iterationsInterrupted, vusActive, vusInitialized];
  console.log(when, numbers.join(), currentTestRunDuration >= 0 && currentTestRunDuration < 5000);
};

export default function () {
  tell(`iteration ${__ITER}`);
}
