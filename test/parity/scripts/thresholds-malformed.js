// A threshold that cannot be read is an invalid configuration: exit code 104.
// docs: using-k6/thresholds#threshold-syntax
// promises: exit 104, console 0
// tells: p(95)<<200

export const options = { thresholds: { http_req_duration: ['p(95)<<200'] } };

export default function () {
  console.log('never said');
}
