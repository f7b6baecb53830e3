// What is expected here was observed on k6 2.2.0.
import { expect, test } from 'vitest';
import { HttpClient, type HttpSettings } from '../../../orchestrator/load/embedded/http/index.ts';
import type { Sample } from '../../../orchestrator/load/embedded/metrics/samples.ts';
import { playGuest, tellingScript } from '../../support/guest-script.ts';
import { httpSettings, httpEcho, type HttpEcho } from '../../support/http-echo.ts';

const settings: HttpSettings = { ...httpSettings, systemTags: ['name', 'url', 'method', 'status', 'group'] };

const page = `<html><body><h1 class="x">Hi &amp; you</h1><a href="/echo?from=link">go</a>
<form method="post" action="/echo"><input name="u" value="joe"><select name="s"><option>1<option value="2" selected>2</select>
<input type="checkbox" name="c" checked><input type="submit" name="go" value="Go"></form>
<ul><li data-n="1" data-user-id='{"a":1}'>one</li><li>two</li></ul></body></html>`;

const pages = {
  '/named': (_: unknown, response: { writeHead(status: number, headers: string[]): { end(): unknown } }) =>
    void response
      .writeHead(200, ['__proto__', 'h', 'Set-Cookie', 'constructor=1; __proto__', 'Set-Cookie', '__proto__=2'])
      .end(),
  '/page': (_: unknown, response: { end(text: string): unknown }) => void response.end(page),
  '/cookies': (_: unknown, response: { setHeader(name: string, values: string[]): { end(): unknown } }) =>
    void response.setHeader('set-cookie', ['a=1; Path=/; HttpOnly; Max-Age=60', 'b="q v"']).end(),
};

/** What each expression gives against a server that tells what it was asked; `B` is its address. */
async function tell(
  server: HttpEcho,
  expressions: readonly string[],
): Promise<{ logs: readonly string[]; samples: Sample[] }> {
  const samples: Sample[] = [];
  const vu = new HttpClient(settings).forVu({ emit: (more) => samples.push(...more), answered: () => undefined });
  vu.begin(new AbortController().signal);
  const head = `import http from 'k6/http'; import { parseHTML } from 'k6/html'; import { group } from 'k6'; const B = '${server.url}';
    const j = JSON.stringify;`;
  const { logs } = await playGuest(tellingScript(head, expressions), { operations: vu.operations });
  return { logs, samples };
}

test('a text with a NUL is sent whole', async () => {
  await using server = await httpEcho();
  const { logs } = await tell(server, [`j(http.post(B, 'a\\0b').json('body'))`]);
  expect(logs).toEqual(['"a\\u0000b"']);
});

test('all verbs, with bodies as text, bytes, forms and files', async () => {
  await using server = await httpEcho();
  const { logs } = await tell(server, [
    `j(['get', 'head', 'options', 'post', 'put', 'patch', 'del'].map((verb) => http[verb](B).json?.('method') ?? ''))`,
    `http.request('POST', B, 'text').json('body')`,
    `http.post(B, new Uint8Array([65, 66])).json('body') + http.post(B, new Uint8Array([67]).buffer).json('body')`,
    `http.post(B, { b: 1, a: ['x y', null], z: { q: 1 }, t: true }).json('body')`,
    `http.post(B, { a: 1 }).json('headers.content-type')`,
    `http.post(B, { f: http.file('data', 'n"ame.txt', 'text/plain') }).json('body').split('\\r\\n').slice(1, 5).join('|')`,
    `http.post(B, 5).error`,
    `http.get(B, { headers: { 'x-number': 5, Host: 'shop.test' } }).json('headers.x-number')`,
  ]);
  expect(logs.filter((line) => !line.startsWith('Request Failed'))).toEqual([
    '["GET","","OPTIONS","POST","PUT","PATCH","DELETE"]',
    'text',
    'ABC',
    'a=x+y&a=%3Cnil%3E&b=1&t=true&z=map%5Bq%3A1%5D',
    'application/x-www-form-urlencoded',
    String.raw`Content-Disposition: form-data; name="f"; filename="n\"ame.txt"|Content-Type: text/plain||data`,
    'unknown request body type int64',
    '5',
  ]);
});

test('a response has all members, its own, and they can be listed', async () => {
  await using server = await httpEcho(pages);
  const { logs } = await tell(server, [
    `Object.keys(http.get(B)).sort().join()`,
    `j(http.get(B).request)`,
    `j(http.get(B + '/cookies').cookies.a[0])`,
    `Object.keys(http.get(B).timings).join()`,
    `http.get(B, { responseType: 'none' }).body + ' ' + http.get(B, { responseType: 'binary' }).body.byteLength`,
    `http.get(B, { responseType: 'none' }).json()`,
    `http.get('nowhere').error_code + ' ' + http.get(5).error_code`,
  ]);
  expect(logs.filter((line) => !line.startsWith('Request Failed'))).toEqual([
    'body,clickLink,cookies,error,error_code,headers,html,json,ocsp,proto,remote_ip,remote_port,request,status,status_text,submitForm,timings,tls_cipher_suite,tls_version,url',
    `{"method":"GET","url":"${server.url}","headers":{"User-Agent":["visitor/1"]},"body":"","cookies":{}}`,
    '{"name":"a","value":"1","domain":"","path":"/","http_only":true,"secure":false,"max_age":60,"expires":-6795364578871}',
    'duration,blocked,looking_up,connecting,tls_handshaking,sending,waiting,receiving',
    expect.stringMatching(/^null \d+$/),
    "GoError: the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
    '1000 1020',
  ]);
});

test('a response is written to as in k6: its fields, which are converted, and nothing else', async () => {
  await using server = await httpEcho();
  const { logs } = await tell(server, [
    `(() => { const r = http.get(B); r.status = '404'; r.url = 5; r.error = null; return j([r.status, r.url, r.error]); })()`,
    `(() => { const r = http.get(B); r.body = '{"a":1}'; return j([r.json('a'), { ...r }.json()]); })()`,
    `(() => { const r = http.get(B); const was = r.json(); r.body = '{"a":1}'; return j([r.json().method, r.json('a')]); })()`,
    `(() => { const r = http.get(B); r.json('a'); r.body = new Uint8Array([91, 51, 93]); return j(r.json()); })()`,
    `(() => { const r = http.get(B); r.body = { a: 1 }; return r.json(); })()`,
    `(() => { const r = http.get(B); r.json(); r.body = null; return r.json(); })()`,
    `(() => { const r = http.get(B); r.body = '{"ids":[1,2]}'; r.json('ids').pop(); return j(r.json('ids')); })()`,
    `(() => { const r = http.get(B); r.status = 1 / 0; return r.status; })()`,
    `(() => { const h = Object.create(http.get(B)); h[Symbol('s')] = 1; return Object.getOwnPropertySymbols(h).length; })()`,
    `(() => { const r = http.get(B); Object.defineProperty(r, 'status', { value: 7 }); return r.status; })()`,
    `(() => { const o = Object.create(http.get(B)); o.note = 1; o.status = 5; return j([Object.keys(o), o.status, Object.getPrototypeOf(o).status]); })()`,
    `(() => { const r = http.get(B); const s = Symbol('s'); r[s] = 1; return j([r[s], Object.keys(r).length, Reflect.ownKeys(r).length]); })()`,
    `(() => { const r = http.get(B); return j(['json' in r, 'note' in r, Object.hasOwn(r, 'toString'), delete r.note]); })()`,
    `http.get(B).note = 1`,
    `http.get(B).json = 1`,
    `delete http.get(B).body`,
    `Object.defineProperty(http.get(B), 'status', { get: () => 1 })`,
    `Object.freeze(http.get(B))`,
  ]);
  expect(logs).toEqual([
    '[404,"5",""]',
    '[1,{"a":1}]',
    '["GET",1]',
    '[3]',
    'GoError: invalid type map[string]interface {}, expected string, []byte or ArrayBuffer',
    "GoError: the body is null so we can't transform it to JSON - this likely was because of a request error getting the response",
    '[1,2]',
    '0',
    '1',
    '7',
    '[["note","status"],5,200]',
    '[1,20,21]',
    '[true,false,false,true]',
    // The words are ours, the error's name is k6's.
    'TypeError: a response has no field note that can be written to',
    'TypeError: a response has no field json that can be written to',
    'TypeError: the member body of a response cannot be deleted',
    'TypeError: the member status of a response cannot be defined anew',
    expect.stringMatching(/^TypeError: /),
  ]);
});

test('headers and cookies may be called as what every object has', async () => {
  await using server = await httpEcho(pages);
  const { logs } = await tell(server, [
    `j(Object.entries(http.get(B + '/named').headers).find(([name]) => name === '__proto__'))`,
    `j(Object.entries(http.get(B + '/named').cookies).map(([name, [{ value }]]) => [name, value]))`,
    `j(Object.entries(http.get(B).request.cookies).map(([name, [{ value }]]) => [name, value]))`,
    `http.get(B, { cookies: { constructor: 'c' } }).json('headers.cookie')`,
  ]);
  expect(logs).toEqual([
    '["__proto__","h"]',
    '[["constructor","1"],["__proto__","2"]]',
    '[["constructor","1"],["__proto__","2"]]',
    'constructor=c; constructor=1; __proto__=2',
  ]);
});

test('tags: those of the group, of the request and of a template', async () => {
  await using server = await httpEcho();
  const { samples } = await tell(server, [
    `group('g', () => http.get(B, { tags: { mine: 'x' } }).status)`,
    'http.get(http.url`${B}/${5}`).status',
    `http.get(B, { tags: { bad: {} } }).error`,
  ]);
  expect(samples.filter(({ metric }) => metric === 'http_reqs').map(({ tags }) => tags)).toEqual([
    { group: '::g', mine: 'x', name: server.url, url: server.url, method: 'GET', status: '200' },
    { group: '', name: '${}/${}', url: '${}/${}', method: 'GET', status: '200' },
  ]);
});

test('batches and async requests', async () => {
  await using server = await httpEcho();
  const { logs } = await tell(server, [
    `j(http.batch([B, ['PUT', B, 'x'], { method: 'post', url: B, body: { a: 1 } }]).map((r) => r.json('method') + r.json('body')))`,
    `j(Object.entries(http.batch({ one: B, two: { url: B } })).map(([name, r]) => name + r.status))`,
    `http.batch()`,
    `j(http.batch([B, [1], B]).map((r) => r && r.error))`,
    `typeof http.asyncRequest('GET', B).then`,
  ]);
  expect(logs).toEqual([
    '["GET","PUTx","POSTa=1"]',
    '["one200","two200"]',
    'GoError: no argument was provided to http.batch()',
    'A batch request failed',
    `["","invalid batch request '[1]'",null]`,
    'function',
  ]);
});

test('cookie jars: of the virtual user, and of the script', async () => {
  await using server = await httpEcho(pages);
  const { logs } = await tell(server, [
    `http.get(B + '/cookies').status + j(http.cookieJar().cookiesForURL(B))`,
    `http.cookieJar().set(B, 'k', 'v', { path: '/p', max_age: 5 }) + j(http.cookieJar().cookiesForURL(B + '/p'))`,
    `http.get(B).json('headers.cookie')`,
    `((jar) => { jar.set(B, 'own', '1'); return http.get(B, { jar }).json('headers.cookie'); })(new http.CookieJar())`,
    `((jar) => { jar.delete(B, 'a'); const left = j(jar.cookiesForURL(B)); jar.clear(B); return left + j(jar.cookiesForURL(B)); })(http.cookieJar())`,
    `http.cookieJar().set(B, 'x', 'y', { expires: 'nonsense' })`,
  ]);
  expect(logs).toEqual([
    '200{"a":["1"],"b":["q v"]}',
    'true{"k":["v"],"a":["1"],"b":["q v"]}',
    'a=1; b="q v"',
    'own=1',
    '{"b":["q v"]}{}',
    expect.stringContaining('GoError: unable to parse "expires" date string "nonsense"'),
  ]);
});

test('HTML: selections, forms and links', async () => {
  await using server = await httpEcho(pages);
  const { logs } = await tell(server, [
    `((d) => [d.find('h1').text(), d.find('h1').attr('class'), d.find('h1').html(), d.find('li').size()].join())(http.get(B + '/page').html())`,
    `((li) => [li.eq(1).text(), li.first().data('n'), j(li.data('userId')), li.last().prev().text(), li.parent().is('ul')].join())(http.get(B + '/page').html('li'))`,
    `((out) => { parseHTML('<b>1</b><b>2</b>').find('b').each((at, el) => out.push(at + el.textContent())); return out.join(); })([])`,
    `http.get(B + '/page').html('form').serialize()`,
    `http.get(B + '/page').submitForm({ fields: { u: 'bob' } }).json('body')`,
    `http.get(B + '/page').clickLink().json('url')`,
    `http.get(B + '/page').clickLink({ selector: '#none' })`,
    `http.get(B + '/page').html('h1').get(0).href()`,
  ]);
  expect(logs).toEqual([
    'Hi & you,x,Hi &amp; you,2',
    'two,1,{"a":1},one,true',
    '01,12',
    's=2&u=joe',
    'go=Go&s=2&u=bob',
    '/echo?from=link',
    `GoError: no element found for selector '#none' in response '${server.url}/page'`,
    'NotPlayed: Element.href() of k6/html is not played by the embedded engine',
  ]);
});

const init = (call: string): string => `try { ${call}; } catch (e) { console.log(e.message); }`;

test('requests, batches and jars have no place where a script is loaded', async () => {
  const calls = [`http.get('http://127.0.0.1:1')`, `http.batch([])`, `http.cookieJar()`].map(init).join('\n');
  const { logs } = await playGuest(`import http from 'k6/http'; ${calls} export default function () {}`, { users: 1 });
  expect(logs).toEqual([
    'Making http requests in the init context is not supported',
    'Using batch in the init context is not supported',
    'Making cookie jars in the init context is not supported',
  ]);
});
