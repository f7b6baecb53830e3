// An iteration that computes for ever is cut off at the end of the test.
// docs: using-k6/scenarios/concepts/graceful-stop
// promises: exit 0, console 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

export const options = {
  scenarios: { busy: { executor: 'constant-vus', vus: 1, duration: '1300ms', gracefulStop: '0s' } },
};

export default function () {
  console.log('begun');
  while (true) Math.sqrt(2);
}
