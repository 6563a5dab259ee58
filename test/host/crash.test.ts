/** What is left of a recording when the engine is ended by kill -9. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { MessageWindow } from '../../proxy-engine/contract/body-commands.ts';
import { startBackend } from '../support/backend.ts';
import { callSwitchyard, readyLine } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

const program = join(import.meta.dirname, '../../proxy-engine/host/cli/main.ts');

test('kill -9 while requests arrive: all that was recorded is there after a restart, and goes on', async () => {
  const backend = await startBackend('a', (_request, response) => response.end('kept'));
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-crash-'));
  onTestFinished(async () => {
    await backend.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const first = await start(directory, backend.port);
  await send(first.gateway, '/before', 200);
  await until(async () => (await query(first, 'path ^= "/before" and completed')).total === 200);
  const shown = await query(first, 'path ^= "/before"');
  const traffic = keepSending(first.gateway);
  await until(async () => (await query(first, 'path ^= "/under-way"')).total > 50);
  const seen = (await query(first, '')).total;
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await traffic;

  const second = await start(directory, backend.port);
  onTestFinished(async () => {
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
  });
  const again = await query(second, 'path ^= "/before"');
  expect(again.rows).toEqual(shown.rows);
  expect((await query(second, '')).total).toBeGreaterThanOrEqual(seen);
  const body = await callSwitchyard<{ data: string }>(second, 'exchange.body', {
    id: again.rows[0]?.id,
    side: 'response',
  });
  expect(Buffer.from(body.data, 'base64').toString()).toBe('kept');
  await send(second.gateway, '/after', 3);
  await until(async () => (await query(second, 'path ^= "/after"')).total === 3);
  const after = await query(second, 'path ^= "/after"');
  expect(after.rows[0]?.id).toBeGreaterThan(again.rows.at(-1)?.id ?? Number.POSITIVE_INFINITY);
});

test('kill -9 while a WebSocket and a stream of events go on: what had passed is there, and the end is told', async () => {
  const events = await startBackend('a', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let n = 1; n <= 20; n++) setTimeout(() => response.write(`data: event ${n}\n\n`), n * 20);
  });
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sockets, 'listening');
  const { port } = sockets.address() as AddressInfo;
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo of ${String(data)}`)));
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-crash-'));
  onTestFinished(async () => {
    await events.close();
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const first = await start(directory, events.port, port);
  const streamed = fetch(`http://${first.gateway}/events`).then((response) => response.text());
  streamed.catch(() => {});
  const socket = new WebSocket(`ws://${first.gateway}/socket`);
  let echoes = 0;
  socket.on('message', () => echoes++);
  socket.on('error', () => {});
  await once(socket, 'open');
  for (let n = 1; n <= 500; n++) socket.send(`message ${n}`);
  await until(() => echoes === 500);
  await until(async () => (await bodyOf(first, 'path = /events')).includes('event 20'));
  await until(async () => (await messagesOf(first)).total === 1000);
  const journal = join(directory, 'data/capture/going-on.journal');
  const isWritten = (text: string) => readFileSync(journal).includes(text);
  await until(() => isWritten('data: event 20') && isWritten('echo of message 500'));
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await expect(streamed).rejects.toThrow();

  const second = await start(directory, events.port, port);
  onTestFinished(async () => {
    second.child.kill('SIGTERM');
    await once(second.child, 'exit');
  });
  const ended = await query(second, 'failed');
  expect(ended.rows.map(({ path, error }) => [path, error?.code]).sort()).toEqual([
    ['/events', 'INTERRUPTED'],
    ['/socket', 'INTERRUPTED'],
  ]);
  // At least until the last event.
  expect(ended.rows.find(({ path }) => path === '/events')?.durationMs).toBeGreaterThan(19 * 20);
  expect(await bodyOf(second, 'path = /events')).toMatch(/^data: event 1\n\n.*data: event 20\n\n$/s);
  const { total, messages } = await messagesOf(second);
  expect([total, messages.at(-1)?.data]).toEqual([1000, 'echo of message 500']);
});

async function idOf(engine: Running, filter: string): Promise<number | undefined> {
  return (await query(engine, filter)).rows[0]?.id;
}

/** '' as long as there is no such exchange. */
async function bodyOf(engine: Running, filter: string): Promise<string> {
  const id = await idOf(engine, filter);
  if (id === undefined) return '';
  const body = await callSwitchyard<{ data: string }>(engine, 'exchange.body', { id, side: 'response' });
  return Buffer.from(body.data, 'base64').toString();
}

async function messagesOf(engine: Running): Promise<MessageWindow> {
  return callSwitchyard<MessageWindow>(engine, 'exchange.messages', { id: await idOf(engine, 'path = /socket') });
}

interface Running {
  child: ChildProcess;
  ui: string;
  gateway: string;
}

/** `sockets`: port of the backend for `/socket`. */
async function start(directory: string, backend: number, sockets = backend): Promise<Running> {
  const config = join(directory, 'switchyard.yaml');
  writeFileSync(
    config,
    `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: sockets, match: 'path = /socket', pool: s }, { name: all, pool: p }]
pools:
  p: { backends: [{ url: 'http://127.0.0.1:${backend}' }] }
  s: { backends: [{ url: 'http://127.0.0.1:${sockets}' }] }
`,
  );
  const args = [program, 'run', config, '--ui', '127.0.0.1:0', '--data', join(directory, 'data')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { ui = '', gateway = '' } = await readyLine(child);
  return { child, ui, gateway };
}

function query(engine: Running, filter: string): Promise<ExchangeWindow> {
  return callSwitchyard<ExchangeWindow>(engine, 'exchanges.query', { filter, from: 0, limit: 500 });
}

async function send(gateway: string, path: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await (await fetch(`http://${gateway}${path}/${i}`)).text();
}

/** Until the gateway is gone. */
async function keepSending(gateway: string): Promise<void> {
  try {
    await send(gateway, '/under-way', 1_000_000);
  } catch {
    // Its end is what ends this.
  }
}
