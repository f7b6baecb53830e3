import { expect, test } from 'vitest';
import {
  hasAttribute,
  lastsAtLeast,
  ofRoute,
  ofService,
  spanset,
} from '../../../../orchestrator/backends/tempo/traceql.ts';

test('text stays text, whatever is in it', () => {
  expect(ofService('a" } | rate() //\\\n')).toEqual([String.raw`resource.service.name = "a\" } | rate() //\\\n"`]);
  expect(hasAttribute('a" = 1 || \\', 'x')).toBe(
    String.raw`(span."a\" = 1 || \\" = "x" || resource."a\" = 1 || \\" = "x")`,
  );
});

test('a value that reads as a number or a truth may be one', () => {
  expect(hasAttribute('k', '-1.5')).toBe(
    '(span."k" = "-1.5" || span."k" = -1.5 || resource."k" = "-1.5" || resource."k" = -1.5)',
  );
  expect(hasAttribute('k', 'true')).toContain('span."k" = true');
  expect(hasAttribute('k', '1e5')).not.toContain('= 1e5');
});

test('a route is a method and a route of a server span; without a space there is no method', () => {
  expect(spanset('kind = server', ...ofRoute('GET /products/:id'))).toBe(
    '{ kind = server && span.http.request.method = "GET" && span.http.route = "/products/:id" }',
  );
  expect(ofRoute('/')).toContain('span.http.request.method = ""');
});

test('durations to the nanosecond', () => {
  expect(lastsAtLeast(0.1)).toBe('duration >= 100000ns');
});
