// The members of a response are its own: they can be listed, spread and written to, and there are no others.
// docs: javascript-api/k6-http/response
// promises: exit 0, iterations 1, requests 2, failing-checks 0, console 11
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

  const written = http.post(url, 'body');
  tell('written', () => {
    written.status = 299;
    written.body = '{"b":[1,2]}';
    return [written.status, written.json('b.1'), JSON.parse(JSON.stringify(written)).status];
  });
  tell('another', () => {
    written.note = 1;
  });
  tell('defined', () => Object.defineProperty(written, 'note', { value: 1 }));
  tell('deleted', () => delete written.body);
}
