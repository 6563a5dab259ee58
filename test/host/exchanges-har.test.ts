import { request, type ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../proxy-engine/clock.ts';
import { Channels } from '../../proxy-engine/host/channel.ts';
import { sendHar } from '../../proxy-engine/host/har-commands.ts';
import { HarTransfers } from '../../proxy-engine/host/har-transfers.ts';
import { startWebServer } from '../../proxy-engine/host/web-server.ts';
import { RecordingTransfers } from '../../proxy-engine/store/recordings/recording-transfers.ts';
import { harSchema } from '../exchange-formats/har-schema.ts';
import { startHost } from '../support/engine-host.ts';

async function setUp() {
  const document = {
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', respond: { status: 200, body: 'x'.repeat(100_000) } }],
  };
  const started = await startHost(document, null);
  const channels = new Channels(started.host, systemClock);
  const web = { hostname: '127.0.0.1', port: 0, token: 'T', rendererDir: null };
  const server = await startWebServer(started.host, channels, web);
  onTestFinished(async () => {
    channels.close();
    await server.close();
  });
  const get = (query: string, token = 'T') =>
    fetch(`${server.origin}/api/exchanges.har${query}`, { headers: { authorization: `Bearer ${token}` } });
  const url = `http://${started.address('gateway')}`;
  return { ...started, server, get, url };
}

test('GET /api/exchanges.har: all, or those for which the filter holds', async () => {
  const { call, get, url } = await setUp();
  for (const path of ['/a', '/b']) await call('compose.send', { url: url + path });
  const response = await get('');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="exchanges.har"');
  expect(harSchema.parse(await response.json()).log.entries).toHaveLength(2);
  const some = await get(`?filter=${encodeURIComponent('path = /b')}`);
  expect(harSchema.parse(await some.json()).log.entries).toMatchObject([{ request: { url: `${url}/b` } }]);
});

test.each([
  ['?filter=path%20%3D%3D', 400, { code: 'BAD_INPUT', path: 'filter' }],
  ['?redact=maybe', 400, { code: 'BAD_INPUT', path: 'redact' }],
  ['?fliter=x', 400, { code: 'BAD_INPUT', path: 'fliter' }],
  ['?recording=none', 404, { code: 'NOT_FOUND' }],
  ['?recording=../elsewhere', 400, { code: 'BAD_INPUT', path: 'recording' }],
])('refused: %s', async (query, status, error) => {
  const { get } = await setUp();
  const response = await get(query);
  expect([response.status, await response.json()]).toMatchObject([status, { error }]);
});

test('not without the token, and not by POST', async () => {
  const { get, server } = await setUp();
  expect((await get('', 'wrong')).status).toBe(401);
  const init = { method: 'POST', headers: { authorization: 'Bearer T' } };
  expect((await fetch(`${server.origin}/api/exchanges.har`, init)).status).toBe(405);
});

test('a reader that leaves in the middle ends it', async () => {
  const { call, server, url } = await setUp();
  await call('compose.send', { url, times: 500, concurrency: 64 });
  const outgoing = request(`${server.origin}/api/exchanges.har`, { headers: { authorization: 'Bearer T' } });
  outgoing.end();
  await new Promise<void>((resolve) =>
    outgoing.once('response', (incoming) => incoming.once('data', () => void (incoming.destroy(), resolve()))),
  );
  expect((await call('exchanges.query', { limit: 1 })).total).toBe(500);
});

test('a slow reader gets all of it, and nothing piles up meanwhile', async () => {
  const { call, host, url } = await setUp();
  await call('compose.send', { url, times: 130, concurrency: 64 });
  const listeners = new Set<number>();
  let text = '';
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      text += String(chunk);
      listeners.add(slow.listenerCount('close'));
      setImmediate(done);
    },
  });
  const response = Object.assign(slow, { writeHead: () => response }) as unknown as ServerResponse;
  await sendHar(host, new URLSearchParams(), response);
  expect(JSON.parse(text).log.entries).toHaveLength(130);
  expect(listeners.size).toBe(1);
});

test('one that failed in the middle is not told as whole when it is asked again', async () => {
  async function* broken<T>(first: T): AsyncGenerator<T> {
    yield first;
    throw new Error('the disk is gone');
  }
  const hars = new HarTransfers();
  const files = new RecordingTransfers();
  const { export: har } = await hars.beginExport(broken('{'.repeat(1024 ** 2)));
  const { export: file } = await files.begin({
    parts: broken(Buffer.alloc(1024 ** 2)),
    leftOut: { redacted: new Set(), missing: 0 },
  });
  for (const next of [() => hars.nextPiece(har), () => files.next(file)]) {
    await expect(next()).rejects.toThrow('the disk is gone');
    await expect(next()).rejects.toThrow('there is no export 1');
  }
});
