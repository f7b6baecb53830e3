// Options that do not fit together or are out of range are an invalid configuration: exit code 104, all of them told.
// docs: using-k6/scenarios
// promises: exit 104, console 0
// tells: steady
// tells: shared

export const options = {
  scenarios: {
    steady: { executor: 'constant-vus', vus: -1, duration: '1s' },
    shared: { executor: 'shared-iterations', vus: 5, iterations: 2 },
  },
};

export default function () {
  console.log('never said');
}
