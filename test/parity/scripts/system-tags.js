// systemTags says which tags samples get by themselves.
// docs: using-k6/k6-options/reference#system-tags
// promises: exit 0, iterations 1, held 3
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

export const options = {
  systemTags: ['status', 'error_code'],
  thresholds: {
    'http_reqs{status:200}': ['count==1'],
    'http_reqs{method:GET}': ['count==0'],
    'http_reqs{scenario:default}': ['count==0'],
  },
};

export default function () {
  http.get(`${__ENV.TARGET}/get`);
}
