// A scenario whose function the script does not export is an invalid configuration: exit code 104.
// docs: using-k6/scenarios
// promises: exit 104, console 0
// tells: checkout

export const options = { scenarios: { buy: { executor: 'shared-iterations', exec: 'checkout' } } };

export default function () {
  console.log('never said');
}
