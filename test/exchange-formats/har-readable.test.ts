/**
 * Shapes that mitmproxy 11.0.2 refused together with their whole file (`mitmdump -nr odd.har`): it looks codings and charsets up in
 * Python's codecs and hosts in its IDNA. Debian's mitmproxy 8 reads no HAR, so that what it needs is held here.
 */
import { expect, test } from 'vitest';
import { originalName, readableHeaders, readableUrl } from '../../proxy-engine/exchange-formats/har-readable.ts';
import { send, startBackend } from '../support/backend.ts';
import { startHost, type TestHost } from '../support/engine-host.ts';

test.each(['zz', 'gzip, br', 'x-gzip', 'compress', 'aws-chunked', 'utf-8', 'rot13'])(
  'the content coding %s is under another name, and comes back',
  (coding) => {
    const [pair] = readableHeaders([['Content-Encoding', coding]]);
    expect(pair).toMatchObject({ name: 'x-switchyard-content-encoding', value: coding });
    expect(originalName(pair?.name ?? '')).toBe('content-encoding');
  },
);

test.each(['gzip', 'BR', 'zstd', 'deflate', 'identity', ''])('the content coding "%s" stays', (coding) => {
  expect(readableHeaders([['Content-Encoding', coding]])).toEqual([{ name: 'Content-Encoding', value: coding }]);
});

test('two lines of codings are two codings', () => {
  const pairs = readableHeaders([
    ['Content-Encoding', 'gzip'],
    ['Content-Encoding', 'br'],
  ]);
  expect(pairs.map(({ name }) => name)).toEqual(['x-switchyard-content-encoding', 'x-switchyard-content-encoding']);
});

test.each(['text/html; charset=hex', 'a/b; charset="rot13"', 'a/b; charset=utf-8; charset=base64'])(
  'a charset that is none: %s',
  (value) => {
    expect(readableHeaders([['content-type', value]])[0]?.name).toBe('x-switchyard-content-type');
  },
);

test.each(['text/html', 'text/html; charset=Big5', 'text/plain; charset="utf-16"', 'text/plain; charset='])(
  'a charset that is one: %s',
  (value) => {
    expect(readableHeaders([['content-type', value]])).toEqual([{ name: 'content-type', value }]);
  },
);

test.each([
  ['http://a.test:8080/x?y=1', 'http://a.test:8080/x?y=1'],
  ['http://[::1]:99/', 'http://[::1]:99/'],
  ['http://xn--bcher-kva.test/', 'http://xn--bcher-kva.test/'],
  ['http://x/h\u00c3\u00a4 b', 'http://x/h%C3%A4%20b'],
  ['http://x*', 'http://x/*'],
  ['http://a..b/p', 'http://unknown.invalid/p'],
  [`http://${'a'.repeat(64)}.test/p`, 'http://unknown.invalid/p'],
  ['http://xn--zz/p', 'http://unknown.invalid/p'],
  ["http://a'b/p", 'http://unknown.invalid/p'],
  ['http://h\u00e4/p', 'http://unknown.invalid/p'],
  ['http://a:99999/p', 'http://unknown.invalid/p'],
])('the URL %s is written %s', (url, written) => {
  expect(readableUrl(url)).toBe(written);
});

async function exported({ call }: TestHost): Promise<string> {
  let piece = await call('har.export', {});
  let text = piece.text;
  while (!piece.done) text += (piece = await call('har.export', { export: piece.export })).text;
  return text;
}

test('an entry with an unknown coding and a strange host says nothing that fails, and is read back as it was', async () => {
  const backend = await startBackend('a', (_, response) =>
    response.writeHead(200, { 'content-encoding': 'zz' }).end('coded'),
  );
  const started = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: backend.url }] } },
  });
  await send(started.address('gateway'), '/odd', { headers: { host: 'a..b' } });
  const text = await exported(started);
  const [entry] = JSON.parse(text).log.entries;
  expect(entry.request.url).toBe('http://unknown.invalid/odd');
  expect(entry.response.headers.map(({ name }: { name: string }) => name.toLowerCase())).not.toContain(
    'content-encoding',
  );
  expect(entry.response.content).toMatchObject({ text: 'coded', comment: expect.stringMatching(/^not decoded: /) });

  const { firstId } = await started.call('har.import', { text });
  const back = await started.call('exchange.get', { id: firstId as number });
  expect(back).toMatchObject({ host: 'a..b', path: '/odd' });
  expect(back.response?.headers).toContainEqual(['content-encoding', 'zz']);
  await backend.close();
});
