import { expect, it } from 'vitest';
import { databaseAttributes, peersByOrigin } from '../../../../services/lib/telemetry-attributes.ts';

it('gives a query the former names of its attributes, and its operation', () => {
  expect(databaseAttributes('shop', ' select 1')).toEqual({
    'db.system': 'postgresql',
    'db.name': 'shop',
    'db.statement': ' select 1',
    'db.operation.name': 'SELECT',
    'db.operation': 'SELECT',
  });
});

it('gives a connection no query and no operation', () => {
  expect(databaseAttributes('shop')).toEqual({ 'db.system': 'postgresql', 'db.name': 'shop' });
});

it('names the peer behind each origin, but neither the database nor the flags', () => {
  const peers = peersByOrigin({
    CATALOG_URL: 'http://127.0.0.1:4001/base/',
    BANK_URL: 'http://127.0.0.1:4002',
    DATABASE_URL: 'postgres://127.0.0.1/shop',
    FLAGS_URL: 'http://127.0.0.1:4003/flags',
    PORT: '4000',
  });
  expect([...peers]).toEqual([
    ['http://127.0.0.1:4001', 'catalog'],
    ['http://127.0.0.1:4002', 'bank'],
  ]);
});
