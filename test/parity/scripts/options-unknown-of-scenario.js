// An option that a scenario's executor does not have is an invalid configuration: exit code 104.
// docs: using-k6/scenarios
// promises: exit 104, console 0
// tells: rate

export const options = { scenarios: { each: { executor: 'per-vu-iterations', vus: 1, iterations: 1, rate: 7 } } };

export default function () {
  console.log('never said');
}
