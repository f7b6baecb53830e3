// A form with http.file is sent as multipart.
// docs: javascript-api/k6-http/file
// promises: exit 0, iterations 1, requests 1, failing-checks 0
// parity: requests in any order because a form's parts come in the order of a Go map
// parity: requests/*/content-length ±4 because the boundary is random
// parity: metrics/data_*/count ±5% because the boundary is random and shown twice
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

const bytes = open('./data/pixel.bin', 'b');

export default function () {
  const answer = http.post(`${__ENV.TARGET}/post`, {
    picture: http.file(bytes, 'pixel.bin', 'image/x-pixel'),
  });
  check(answer, {
    multipart: (r) => r.json('type').startsWith('multipart/form-data; boundary='),
    'the file': (r) => r.json('body').includes('name="picture"; filename="pixel.bin"'),
    'its type': (r) => r.json('body').includes('Content-Type: image/x-pixel'),
  });
}
