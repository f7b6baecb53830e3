// Waiting is the time until the answer begins, receiving the time of its body, duration both.
// docs: using-k6/metrics/reference#http-specific-built-in-metrics
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

export default function () {
  check(http.get(`${__ENV.TARGET}/delay/150`).timings, {
    waiting: ({ waiting }) => waiting >= 145 && waiting < 2500,
    duration: ({ duration }) => duration >= 145 && duration < 1000,
  });
  check(http.get(`${__ENV.TARGET}/slowbody/350`).timings, {
    'waiting for the head only': ({ waiting }) => waiting < 250,
    receiving: ({ receiving }) => receiving >= 200 && receiving < 2000,
  });
}
