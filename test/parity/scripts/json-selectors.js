// Response.json takes a GJSON path: names, places, counts, queries. It gives copies.
// docs: javascript-api/k6-http/response/response-json
// promises: exit 0, iterations 1, requests 1, console 21
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

const paths = [
  'shop',
  'open',
  'rating',
  'none',
  'owner.name.first',
  'goods.0.name',
  'goods.1.tags',
  'goods.#',
  'goods.#.name',
  'goods.#.tags.0',
  'goods.#(price>4).name',
  'goods.#(price>4)#.name',
  'goods.#(name=="pot").price',
  'goods.9.name',
  'no.such.thing',
  'dotted\\.key',
  'own*.name.last',
  'goods.#(tags.#(=="flat")).name',
  'goods|0.price',
];

export default function () {
  const answer = http.get(`${__ENV.TARGET}/catalogue`);
  for (const path of paths) console.log(path, JSON.stringify(answer.json(path)));
  console.log(Object.keys(answer.json()).sort().join());
  answer.json('goods.1.tags').pop();
  console.log('what is found is a copy', JSON.stringify(answer.json('goods.1.tags')));
}
