// The parameter compression packs the body of a request, also several times.
// docs: javascript-api/k6-http/params
// promises: exit 0, iterations 1, requests 4, failing-checks 0
// parity: requests/*/body not compared because packers differ in their bytes; the target's answers show the sizes
// parity: requests/*/content-length ±12 because packers differ in their bytes
// parity: metrics/data_*/count ±5% because packers differ in their bytes
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const body = 'so many words '.repeat(200);
  for (const compression of ['gzip', 'deflate', 'br', 'gzip, zstd']) {
    const answer = http.post(`${__ENV.TARGET}/headers`, body, { compression });
    check(answer, {
      [`${compression} is named`]: (r) => r.json('headers.content-encoding') === compression,
      [`${compression} is smaller`]: (r) => Number(r.json('headers.content-length')) < 200,
    });
  }
}
