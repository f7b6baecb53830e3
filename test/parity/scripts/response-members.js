// The members of a response are its own: they can be listed, spread and written to as fields of Go are, and there are no others.
// docs: javascript-api/k6-http/response
// promises: exit 0, iterations 1, requests 5, failing-checks 0, console 20
// parity: times ±300 ms because a shared machine holds a process up for that long at times

import http from 'k6/http';

function tell(name, look) {
  try {
    console.log(name, JSON.stringify(look()));
  } catch (error) {
    console.log(name, 'throws', error.name);
  }
}

export default function () {
  const url = `${__ENV.TARGET}/post?a=1`;
  const seen = http.post(url, 'body');
  tell('listed', () => Object.keys(seen));
  tell('looped', () => {
    const names = [];
    for (const name in seen) names.push(name);
    return names;
  });
  tell('in', () => ['body' in seen, 'json' in seen, 'toString' in seen, 'nothing' in seen, seen.nothing]);
  tell('own', () => [Object.hasOwn(seen, 'json'), Object.hasOwn(seen, 'toString'), Object.getOwnPropertySymbols(seen)]);
  tell('copied', () => {
    const copy = { ...seen };
    return [copy.status, copy.json('query.a'), copy.body === seen.body, Object.entries(seen).length];
  });
  tell('as JSON', () => Object.keys(JSON.parse(JSON.stringify(seen))));
  tell('as text', () => [String(seen), typeof seen, Array.isArray(seen)]);

  tell('written', () => {
    const written = http.post(url, 'body');
    written.status = '299';
    written.url = 5;
    written.error = undefined;
    written.body = '{"b":[1,2]}';
    return [
      written.status,
      written.url,
      written.error,
      written.json('b.1'),
      JSON.parse(JSON.stringify(written)).status,
    ];
  });
  tell('read before it was written', () => {
    const written = http.post(url, 'body');
    const { method } = written.json();
    written.body = '{"method":"other"}';
    return [written.json().method === method, written.json('method')];
  });
  tell('no text', () => {
    seen.body = { a: 1 };
    return seen.json('a');
  });
  tell('defined', () => Object.defineProperty(http.post(url, 'body'), 'status', { value: 7 }).status);
  tell('inherited', () => {
    const heir = Object.create(http.post(url, 'body'));
    heir.note = 1;
    heir.status = 5;
    return [Object.keys(heir), heir.status, Object.getPrototypeOf(heir).status];
  });
  tell('a symbol', () => {
    const symbol = Symbol('s');
    seen[symbol] = 1;
    return [seen[symbol], Object.getOwnPropertySymbols(seen).length, Object.keys(seen).length];
  });
  tell('writable', () => [
    Object.getOwnPropertyDescriptor(seen, 'status').writable,
    Object.getOwnPropertyDescriptor(seen, 'json').writable,
  ]);
  tell('another', () => {
    seen.note = 1;
  });
  tell('a method', () => {
    seen.json = 1;
  });
  tell('another defined', () => Object.defineProperty(seen, 'note', { value: 1 }));
  tell('deleted', () => delete seen.body);
  tell('nothing deleted', () => delete seen.nothing);
  tell('frozen', () => Object.freeze(seen));
}
