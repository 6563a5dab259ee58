import { expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';

const BACKENDS = [{ url: 'http://127.0.0.1:3001' }];

function mistakes(pool: object): string[] {
  const parsed = configSchema.safeParse({ version: 1, pools: { p: pool } });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`);
}

test.each<[object, string[]]>([
  [{ backends: BACKENDS }, []],
  [{ discover: { dns: 'api.internal:3000' } }, []],
  [{}, [': a pool needs backends, or discover']],
  [
    { backends: BACKENDS, policy: 'ketama' },
    ['policy: ketama needs hash: what of a request chooses the backend, such as { on: uri }'],
  ],
  [{ backends: BACKENDS, policy: 'ketama', hash: { on: 'uri' } }, []],
  [{ backends: BACKENDS, policy: 'ip_hash' }, []],
  [{ backends: BACKENDS, policy: 'maglev', hash: { on: 'header' } }, ['hash: a hash on a header needs its name']],
  [{ backends: BACKENDS, policy: 'maglev', hash: { on: 'header', name: 'x-user' } }, []],
])('%j → %j', (pool, expected) => {
  expect(mistakes(pool)).toEqual(expected);
});
