import type { LookupOptions } from 'node:dns';
import { expect, test } from 'vitest';
import { lookup } from '../../proxy-engine/upstream/lookup.ts';

function found(name: string, options: LookupOptions): Promise<unknown> {
  return new Promise((resolve) => {
    lookup(name, options, (error, address, family) =>
      resolve(error ? error.code : family ? [address, family] : address),
    );
  });
}

const FOUR = { address: '127.0.0.1', family: 4 };
const SIX = { address: '::1', family: 6 };

test.each<[string, LookupOptions, unknown]>([
  ['localhost', { all: true }, [FOUR, SIX]],
  ['LocalHost.', { all: true }, [FOUR, SIX]],
  ['shop.localhost', { all: true }, expect.arrayContaining([FOUR])],
  ['localhost', { all: true, family: 6 }, [SIX]],
  ['localhost', {}, ['127.0.0.1', 4]],
  ['localhost', { family: 6 }, ['::1', 6]],
  ['127.0.0.1', { all: true }, [FOUR]],
  ['127.0.0.1', { family: 6 }, 'ENOTFOUND'],
  ['no-such-host.invalid', { all: true }, expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)],
])('%s with %j', async (name, options, expected) => {
  expect(await found(name, options)).toEqual(expected);
});
