// A request while the script is loaded is an error: exit code 107.
// docs: using-k6/test-lifecycle
// promises: exit 107, requests 0
// tells: request-init.js:8:

import http from 'k6/http';

http.get(`${__ENV.TARGET}/get`);

export default function () {}
