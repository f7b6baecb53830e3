// An exception while the script is loaded ends it with exit code 107 before anything is played.
// docs: using-k6/test-lifecycle
// promises: exit 107, requests 0, console 0
// tells: exception-init.js:12:
// tells: no shop

import http from 'k6/http';

export const options = { iterations: 1 };

if (options.iterations === 1) {
  throw new Error('no shop');
}

export default function () {
  http.get(`${__ENV.TARGET}/get`);
}
