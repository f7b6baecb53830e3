// The option hosts says where a name leads, with or without a port.
// docs: using-k6/k6-options/reference#hosts
// promises: exit 0, iterations 1, requests 2, failing-checks 0
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';
import { check } from 'k6';

const [address, port] = __ENV.TARGET.replace('http://', '').split(':');

export const options = { hosts: { 'shop.example': address, 'other.example:80': `${address}:${port}` } };

export default function () {
  check(http.get(`http://shop.example:${port}/get`), { 'by name': (r) => r.status === 200 });
  check(http.get('http://other.example/get'), { 'with its port': (r) => r.status === 200 });
}
