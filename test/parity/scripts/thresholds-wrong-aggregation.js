// A threshold with an aggregation that its metric's kind does not have is an invalid configuration: exit code 104.
// docs: using-k6/thresholds#threshold-syntax
// promises: exit 104, console 0
// tells: http_reqs

export const options = { thresholds: { http_reqs: ['p(95)<200'] } };

export default function () {
  console.log('never said');
}
