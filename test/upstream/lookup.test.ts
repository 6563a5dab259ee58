import { promises as dns, type LookupOptions } from 'node:dns';
import { expect, onTestFinished, test, vi } from 'vitest';
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

test('names of a silent name server hold up no others, once they are known', async () => {
  vi.useFakeTimers();
  const system = vi.spyOn(dns, 'lookup').mockImplementation((async (name: string) => {
    await new Promise((resolve) => setTimeout(resolve, name.startsWith('silent') ? 10_000 : 1));
    return [FOUR];
  }) as unknown as typeof dns.lookup);
  onTestFinished(() => {
    system.mockRestore();
    vi.useRealTimers();
  });
  const silent = Array.from({ length: 9 }, (_, i) => `silent-${i}.test`);
  const ask = (names: readonly string[]) => Promise.all(names.map((name) => found(name, { all: true })));
  void ask(silent);
  await vi.advanceTimersByTimeAsync(50_000);
  void ask(silent);
  const heard: unknown[] = [];
  for (let i = 0; i < 9; i++) void found(`other-${i}.test`, { all: true }).then((addresses) => heard.push(addresses));
  await vi.advanceTimersByTimeAsync(9);
  expect(heard).toEqual(Array(9).fill([FOUR]));
});
