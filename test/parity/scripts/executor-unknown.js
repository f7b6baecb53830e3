// An executor that does not exist is an invalid configuration: exit code 104.
// docs: using-k6/scenarios/executors
// promises: exit 104, console 0
// tells: constant-shoppers

export const options = { scenarios: { steady: { executor: 'constant-shoppers', vus: 1, duration: '1s' } } };

export default function () {
  console.log('never said');
}
