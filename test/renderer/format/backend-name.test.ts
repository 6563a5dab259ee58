import { expect, test } from 'vitest';
import { shortBackendName, wholeBackendName } from '../../../renderer/format/backend-name.ts';

test.each([
  ['a', 'a'],
  ['127.0.0.1:3001', ':3001'],
  ['localhost:3001', ':3001'],
  ['[::1]:3001', ':3001'],
  ['127.0.0.1', '127.0.0.1'],
  ['api.example:443', 'api.example:443'],
  ['10.0.0.1:80', '10.0.0.1:80'],
])('%s is shown as %s', (name, shown) => {
  expect(shortBackendName(name)).toBe(shown);
});

test.each([
  [{ pool: 'api', backend: 'a' }, 'api/a'],
  // By a forward listener.
  [{ backend: '127.0.0.1:3001' }, '127.0.0.1:3001'],
  [{ pool: 'api' }, undefined],
  [{}, undefined],
])('%j is called %s', (exchange, called) => {
  expect(wholeBackendName(exchange)).toBe(called);
});
