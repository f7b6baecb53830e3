// The tags of a request are on its samples; the tag name replaces the URL.
// docs: using-k6/tags-and-groups
// promises: exit 0, iterations 3, requests 6, held 5
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = {
  iterations: 3,
  thresholds: {
    'http_reqs{kind:page}': ['count==3'],
    'http_reqs{name:order}': ['count==3'],
    'http_reqs{method:POST,status:200}': ['count==3'],
    'http_reqs{expected_response:true}': ['count==6'],
    'http_req_waiting{name:order,proto:HTTP/1.1}': ['max<2000'],
  },
};

export default function () {
  http.get(`${__ENV.TARGET}/get?n=${__ITER}`, { tags: { kind: 'page' } });
  http.post(`${__ENV.TARGET}/post?n=${__ITER}`, '{}', { tags: { name: 'order' } });
}
