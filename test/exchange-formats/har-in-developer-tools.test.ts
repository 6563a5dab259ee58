/** What we export, read by Chromium itself: the importer of its developer tools (models/har of the bundled front end). */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { launchBrowser } from '../support/browser.ts';
import { startHost, type TestHost } from '../support/engine-host.ts';
import { until } from '../support/until.ts';

/** Of the front end that the browser has in it: https://chromium.googlesource.com/devtools/devtools-frontend/+/main/front_end/models/har */
const FRONT_END = 'devtools://devtools/bundled/';

const BODIES: Record<string, [headers: Record<string, string>, body: Buffer]> = {
  '/gzip': [
    { 'content-type': 'application/json; charset=utf-8', 'content-encoding': 'gzip' },
    gzipSync('{"täst":"漢字"}'),
  ],
  '/image': [{ 'content-type': 'image/png' }, Buffer.from([0x89, 0x50, 0, 0xff])],
  '/big5': [{ 'content-type': 'text/plain; charset=big5' }, Buffer.from([0xa4, 0xa4, 0xa4, 0xe5])],
  '/no-text': [{ 'content-type': 'text/html; charset=utf-8' }, Buffer.from([0x61, 0xff, 0x62])],
  '/post': [{}, Buffer.from('taken')],
};

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '').split('?')[0] ?? '';
  request.resume();
  if (path === '/reset') return void request.socket.destroy();
  if (path === '/next') return void response.writeHead(302, { location: '/gzip', 'set-cookie': ['a=1', 'b=2'] }).end();
  const [headers, body] = BODIES[path] ?? [{}, Buffer.alloc(0)];
  response.writeHead(200, headers).end(body);
}

async function recorded(): Promise<TestHost> {
  const server = createServer(answer);
  new WebSocketServer({ server, path: '/ws' }).on('connection', (socket) =>
    socket.on('message', (data) => socket.send(`echo ${String(data)}`)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const started = await startHost({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p' }],
    pools: { p: { backends: [{ url: `http://127.0.0.1:${port}` }] } },
  });
  const gateway = `http://${started.address('gateway')}`;
  for (const path of ['/gzip?q=ä b', '/image', '/big5', '/no-text', '/next', '/reset'])
    await fetch(gateway + path, { redirect: 'manual', headers: { cookie: 'c=1' } }).then((got) => got.arrayBuffer());
  await fetch(`${gateway}/post`, { method: 'POST', body: new URLSearchParams({ a: 'ä' }) }).then((got) => got.text());
  await talk(`${gateway.replace('http', 'ws')}/ws`);
  await until(async () => (await started.call('exchanges.query', { filter: 'completed' })).total === 8);
  return started;
}

async function talk(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('hällo');
  await new Promise((resolve) => socket.once('message', resolve));
  socket.close();
}

async function exported({ call }: TestHost): Promise<string> {
  let piece = await call('har.export', {});
  let text = piece.text;
  while (!piece.done) text += (piece = await call('har.export', { export: piece.export })).text;
  return text;
}

/** What the front end shows of it. */
interface Imported {
  url: string;
  method: string;
  status: number;
  type: string;
  text: string;
  form: string | null;
  frames: [type: string, text: string][];
  milliseconds: number;
}

async function importedByChromium(har: string): Promise<Imported[]> {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${FRONT_END}devtools_app.html`);
  const importer = await page.evaluateHandle<Importer>(`import('${FRONT_END}models/har/har.js')`);
  return page.evaluate(importHar, { har, importer });
}

/** A request as the front end keeps it. */
interface Request {
  url(): string;
  requestMethod: string;
  statusCode: number;
  duration: number;
  resourceType(): { name(): string };
  requestContentData(): Promise<{ isTextContent: boolean; text: string; base64: string }>;
  requestFormData(): Promise<string | null>;
  frames(): { type: string; text: string }[];
}

/** The module of the front end that reads HAR. */
interface Importer {
  HARFormat: { HARRoot: new (data: unknown) => { log: unknown } };
  Importer: { Importer: { requestsFromHARLog(log: unknown): Request[] } };
}

/** Runs in the front end. Throws what its importer throws. */
async function importHar({ har, importer }: { har: string; importer: Importer }): Promise<Imported[]> {
  const { log } = new importer.HARFormat.HARRoot(JSON.parse(har));
  const requests = importer.Importer.Importer.requestsFromHARLog(log);
  return Promise.all(
    requests.map(async (request) => {
      const content = await request.requestContentData();
      return {
        url: request.url().replace(/^http:\/\/[^/]*/, ''),
        method: request.requestMethod,
        status: request.statusCode,
        type: request.resourceType().name(),
        text: content.isTextContent ? content.text : content.base64,
        form: await request.requestFormData(),
        frames: request.frames().map(({ type, text }): [string, string] => [type, text]),
        milliseconds: request.duration * 1000,
      };
    }),
  );
}

test('what we export is what Chromium shows when it imports it', async () => {
  const imported = await importedByChromium(await exported(await recorded()));
  expect(imported.map(({ method, url, status, type, text }) => [method, url, status, type, text])).toEqual([
    ['GET', '/gzip?q=%C3%A4%20b', 200, 'fetch', '{"täst":"漢字"}'],
    ['GET', '/image', 200, 'image', Buffer.from([0x89, 0x50, 0, 0xff]).toString('base64')],
    ['GET', '/big5', 200, 'fetch', '中文'],
    ['GET', '/no-text', 200, 'document', 'a\ufffdb'],
    ['GET', '/next', 302, 'other', ''],
    ['GET', '/reset', 502, 'fetch', expect.stringMatching(/^502 Bad Gateway/)],
    ['POST', '/post', 200, 'other', 'taken'],
    ['GET', '/ws', 101, 'websocket', ''],
  ]);
  expect(imported.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
  expect(imported[6]?.form).toBe('a=%C3%A4');
  expect(imported[7]?.frames.slice(0, 2)).toEqual([
    ['send', 'hällo'],
    ['receive', 'echo hällo'],
  ]);
});
