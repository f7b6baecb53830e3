// A threshold on a metric with tags judges the samples that have all of them, and shows them as a submetric.
// docs: using-k6/thresholds#set-thresholds-for-specific-tags-and-groups
// promises: exit 0, held 5, crossed 0, http_reqs{status:404} 1
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check, group } from 'k6';
export { handleSummary } from './lib/shapes.js';

export const options = {
  thresholds: {
    'http_reqs{status:404}': ['count==1'],
    'http_reqs{kind:page,status:200}': ['count==2'],
    'http_req_duration{group:::reading}': ['max<2000'],
    'checks{check:is there}': ['rate==1'],
    'http_req_failed{name:none such}': ['rate==0'],
  },
};

export default function () {
  group('reading', () => {
    const tags = { kind: 'page' };
    check(http.get(`${__ENV.TARGET}/get?1`, { tags }), { 'is there': (r) => r.status === 200 });
    http.get(`${__ENV.TARGET}/get?2`, { tags });
    http.get(`${__ENV.TARGET}/status/404`, { tags });
  });
}
