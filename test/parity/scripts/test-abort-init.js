// exec.test.abort while the script is loaded ends it with exit code 108.
// docs: javascript-api/k6-execution#test
// promises: exit 108, requests 0, console 1
// tells: not here

import exec from 'k6/execution';

console.log('loading');
exec.test.abort('not here');

export default function () {
  console.log('never said');
}
