// A form with http.file sends its other fields as parts as well; a file needs no name.
// docs: javascript-api/k6-http/file
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: requests/*/body not compared because a form's parts come in the order of a Go map; the checks look into it
// parity: requests/*/content-length ±24 because the boundary is random
// parity: metrics/data_*/count ±10% because the boundary is random and shown twice
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const form = { shop: 'cups', file: http.file('some text', 'note.txt', 'text/plain') };
  check(http.post(`${__ENV.TARGET}/post`, form).json('body'), {
    'the field': (body) => /name="shop"\r\n\r\ncups\r\n/.test(body),
    'the file': (body) => /filename="note.txt"\r\nContent-Type: text\/plain\r\n\r\nsome text\r\n/.test(body),
  });
  check(http.post(`${__ENV.TARGET}/post`, { file: http.file('unnamed') }).json('body'), {
    'a name is made': (body) => /name="file"; filename="\d+"/.test(body),
    'its type is bytes': (body) => body.includes('Content-Type: application/octet-stream'),
  });
}
