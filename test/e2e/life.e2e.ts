/** Reload and SIGTERM while everything is under way: nothing that has begun is lost. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { startApplication } from '../support/application.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { ECHO, startGrpcServer, text } from '../support/grpc.ts';
import { ask as askKind, KINDS } from '../support/kinds.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';
import { type LoadResult, startWrk } from '../support/wrk.ts';

const run = promisify(execFile);
const DOWNLOAD = randomBytes(1024 ** 2);
const DOWNLOAD_PIECES = 100;
const DOWNLOAD_HASH = hashOf(Array.from({ length: DOWNLOAD_PIECES }, () => DOWNLOAD));

function hashOf(chunks: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

interface Running {
  switchyard: Switchyard;
  gateway: string;
  web: Backend;
}

/** A gateway in front of a backend that answers, sends 100 MiB, and echoes WebSockets. */
async function start(drain = '60s', workers = 1): Promise<Running> {
  const web = await startBackend('web', (request, response) => {
    if (request.url !== '/download') return void response.end('ok');
    response.writeHead(200, { 'content-length': DOWNLOAD.length * DOWNLOAD_PIECES });
    let left = DOWNLOAD_PIECES;
    const more = (): void => {
      while (left-- > 0) if (!response.write(DOWNLOAD)) return void response.once('drain', more);
      response.end();
    };
    more();
  });
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  await new Promise((resolve) => sockets.once('listening', resolve));
  const { port } = sockets.address() as AddressInfo;
  const grpc = await startGrpcServer();
  const switchyard = await runSwitchyard(
    `version: 1
listeners: { gateway: { address: '127.0.0.1:${await freePort()}' } }
routes:
  - { name: live, match: 'websocket', pool: live }
  - { name: calls, match: 'grpc', pool: calls }
  - { name: all, pool: web }
pools:
  web: { backends: [{ name: a, url: '${web.url}' }], retry: { attempts: 1 } }
  live: { backends: [{ name: b, url: 'http://127.0.0.1:${port}' }] }
  calls: { protocol: http2, backends: [{ name: c, url: 'http://127.0.0.1:${grpc.port}' }] }
`,
    { drain, workers },
  );
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
    await switchyard.close();
    await web.close();
  });
  return { switchyard, gateway: switchyard.listeners.gateway ?? '', web };
}

interface Load {
  answered: number;
  /** What went wrong, other than that no new connection is accepted. */
  lost: string[];
  /** Clients that were told so, and stopped. */
  refused: number;
  stop(): Promise<void>;
}

/**
 * `connections` clients that ask again as soon as they are answered, until they are stopped or refused. `keepAlive` false: on a
 * new connection each time.
 */
function load(address: string, connections: number, { keepAlive = true } = {}): Load {
  const agent = new Agent({ keepAlive, maxSockets: connections });
  let stopped = false;
  const result: Load = { answered: 0, lost: [], refused: 0, stop: () => Promise.resolve() };
  async function client(): Promise<void> {
    while (!stopped) {
      const outcome = await ask(address, agent);
      if (outcome === 'ok') result.answered++;
      else if (outcome === 'ECONNREFUSED') return void result.refused++;
      else result.lost.push(outcome);
    }
  }
  const clients = Array.from({ length: connections }, client);
  result.stop = async () => {
    stopped = true;
    await Promise.all(clients);
    agent.destroy();
  };
  return result;
}

/** `ok`, or what went wrong. */
function ask(address: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    get(`http://${address}/`, { agent }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.once('end', () =>
        resolve(response.statusCode === 200 && text === 'ok' ? 'ok' : `${response.statusCode} ${text}`),
      );
      response.once('error', (error) => resolve(error.message));
    }).once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

/** 100 MiB that take two seconds or more; resolves to their hash. */
async function download(address: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', `curl -sSf --limit-rate 50M http://${address}/download | sha256sum`]);
  return stdout.split(' ')[0] ?? '';
}

async function webSocket(address: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${address}/`);
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

interface Chat {
  /** Sends a message and waits for its answer. */
  say(message: string): Promise<void>;
  /** The client's side ends; resolves to the status of the call. */
  end(): Promise<status>;
}

/** A gRPC call whose messages go both ways. */
async function chat(address: string): Promise<Chat> {
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { path, requestSerialize } = ECHO.chat;
  const call = client.makeBidiStreamRequest(path, requestSerialize, text);
  call.on('error', () => {});
  const ended = new Promise<status>((resolve) => call.once('status', ({ code }) => resolve(code)));
  return {
    async say(message) {
      const answer = new Promise((resolve, reject) => {
        call.once('data', resolve);
        void ended.then((code) => reject(new Error(`ended with ${status[code]}`)));
      });
      call.write(message);
      expect(await answer).toBe(`re: ${message}`);
    },
    end() {
      call.end();
      return ended;
    },
  };
}

async function echoes(socket: WebSocket, text: string): Promise<void> {
  const answer = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(text);
  expect(await answer).toBe(text);
}

async function reload({ switchyard }: Running, change: (config: string) => string): Promise<void> {
  const config = readFileSync(switchyard.configFile, 'utf8');
  const before = (await stateOf(switchyard)).revision;
  writeFileSync(switchyard.configFile, change(config));
  switchyard.signal('SIGHUP');
  await expect.poll(async () => (await stateOf(switchyard)).revision).toBeGreaterThan(before);
}

function stateOf(switchyard: Switchyard): Promise<EngineState> {
  return callSwitchyard(switchyard, 'state.get');
}

function expectNothingLost({ requests, ...lost }: LoadResult): void {
  expect(requests).toBeGreaterThan(0);
  expect(lost).toEqual({ failed: 0, socketErrors: 0, refused: 0 });
}

describe('a reload', () => {
  test('in the middle of wrk, a download, a WebSocket and a gRPC stream loses nothing', async () => {
    const running = await start();
    const { gateway } = running;
    const socket = await webSocket(gateway);
    const call = await chat(gateway);
    await call.say('before');
    const downloaded = download(gateway);
    const load = startWrk(`http://${gateway}/`, 32);
    for (let weight = 2; weight <= 6; weight++) {
      await reload(running, (config) =>
        config.replace(/url: '([^']*)'(, weight: \d+)? \}\], retry/, `url: '$1', weight: ${weight} }], retry`),
      );
      await echoes(socket, `weight ${weight}`);
      await call.say(`weight ${weight}`);
    }
    const loaded = await load.stop();
    expectNothingLost(loaded);
    console.info(`5 reloads: wrk ${loaded.requests} answered, 0 lost`);
    expect(await downloaded).toBe(DOWNLOAD_HASH);
    await echoes(socket, 'still here');
    await call.say('still here');
    expect(await call.end()).toBe(status.OK);
  });

  test('of a file that is empty while it is being written changes nothing', async () => {
    const running = await start();
    const { switchyard, gateway } = running;
    const config = readFileSync(switchyard.configFile, 'utf8');
    const load = startWrk(`http://${gateway}/`, 32);
    writeFileSync(switchyard.configFile, '');
    switchyard.signal('SIGHUP');
    const problem = async () => (await stateOf(switchyard)).configError;
    await expect.poll(problem).toMatch(/is empty/);
    writeFileSync(switchyard.configFile, config);
    await expect.poll(problem).toBeUndefined();
    expectNothingLost(await load.stop());
  });

  test('that moves a listener lets what came to the old address finish', async () => {
    const running = await start();
    const { gateway } = running;
    const port = await freePort();
    const socket = await webSocket(gateway);
    const call = await chat(gateway);
    await call.say('before');
    const downloaded = download(gateway);
    const clients = load(gateway, 16);
    await expect.poll(() => clients.answered).toBeGreaterThan(100);
    await reload(running, (config) => config.replace(gateway, `127.0.0.1:${port}`));
    await clients.stop();
    expect(clients.lost).toEqual([]);
    expect(await ask(`127.0.0.1:${port}`, new Agent())).toBe('ok');
    await echoes(socket, 'over the old address');
    await call.say('over the old address');
    expect(await call.end()).toBe(status.OK);
    expect(await downloaded).toBe(DOWNLOAD_HASH);
  });
});

/**
 * Between the last look at the system's queue and the close there is a moment (tens of microseconds, longer when the system gives
 * the processor away just then) in which more may come in and be reset: no program can close a socket that listens without it.
 * So it is one of three times at least that nobody falls into it; without that last look it is never.
 */
async function oneOfThree(lost: () => Promise<string[]>): Promise<string[]> {
  const first = await lost();
  if (first.length === 0) return first;
  const second = await lost();
  return second.length === 0 ? second : lost();
}

describe('clients that open a connection for each request', () => {
  test('are answered, or refused because nobody listens any more, when their listener moves', async () => {
    const lost = async () => {
      const running = await start();
      const clients = load(running.gateway, 16, { keepAlive: false });
      await expect.poll(() => clients.answered).toBeGreaterThan(100);
      await reload(running, (config) => config.replace(running.gateway, '127.0.0.1:0'));
      await clients.stop();
      return clients.lost;
    };
    expect(await oneOfThree(lost)).toEqual([]);
  });

  test.each([1, 2])('and on SIGTERM, of %i threads', async (workers) => {
    const lost = async () => {
      const { switchyard, gateway } = await start('60s', workers);
      const clients = load(gateway, 16, { keepAlive: false });
      await expect.poll(() => clients.answered).toBeGreaterThan(100);
      switchyard.signal('SIGTERM');
      expect(await switchyard.exited).toBe(0);
      await clients.stop();
      return clients.lost;
    };
    expect(await oneOfThree(lost)).toEqual([]);
  });

  test('notice nothing when it listens at all addresses instead of one, and back', async () => {
    const running = await start();
    const { gateway } = running;
    const all = gateway.replace('127.0.0.1', '0.0.0.0');
    const clients = load(gateway, 16, { keepAlive: false });
    for (let i = 0; i < 5; i++) {
      await reload(running, (config) => config.replace(`'${gateway}'`, `'${all}', allowRemote: true`));
      await reload(running, (config) => config.replace(`'${all}', allowRemote: true`, `'${gateway}'`));
    }
    await clients.stop();
    expect(clients).toMatchObject({ lost: [], refused: 0 });
  });
});

describe('F39 SIGTERM', () => {
  test('in the middle of wrk, other clients, a download, a WebSocket and a gRPC stream loses nothing', async () => {
    const { switchyard, gateway, web } = await start();
    const socket = await webSocket(gateway);
    const call = await chat(gateway);
    await call.say('before');
    const downloaded = download(gateway);
    const clients = load(gateway, 16);
    const loaded = startWrk(`http://${gateway}/`, 32);
    await expect.poll(() => clients.answered).toBeGreaterThan(100);
    await expect.poll(() => web.requests - clients.answered).toBeGreaterThan(200);
    switchyard.signal('SIGTERM');
    // Until everything else has ended, the WebSocket goes on.
    expect(await downloaded).toBe(DOWNLOAD_HASH);
    await clients.stop();
    expect(clients.lost).toEqual([]);
    await echoes(socket, 'to the end');
    await call.say('to the end');
    const { requests, failed, socketErrors, refused } = await loaded.stop();
    // wrk comes back when it is told `Connection: close`, and is refused then.
    expect({ failed, cut: socketErrors - refused }).toEqual({ failed: 0, cut: 0 });
    // What reached the backend was answered: the download, the other clients' and wrk's.
    expect(requests).toBe(web.requests - 1 - clients.answered);
    console.info(`SIGTERM: wrk ${requests}, others ${clients.answered} answered, 0 lost; ${refused} came too late`);
    expect(await call.end()).toBe(status.OK);
    socket.close(1000);
    expect(await switchyard.exited).toBe(0);
  });

  test('says goodbye to WebSockets when the time to drain is over', async () => {
    const { switchyard, gateway } = await start('100ms');
    const socket = await webSocket(gateway);
    await echoes(socket, 'hello');
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    switchyard.signal('SIGTERM');
    expect(await closed).toBe(1001);
    expect(await switchyard.exited).toBe(0);
  });
});

test('F40 killed -9 and started again: what was under way is cut, the port, the config and what was recorded are the same, and each kind goes on', async () => {
  const data = mkdtempSync(join(tmpdir(), 'switchyard-data-'));
  const a = await startApplication('a');
  const config = `version: 1
listeners: { gateway: { address: '127.0.0.1:${await freePort()}' } }
routes: [{ name: all, pool: p }]
pools: { p: { backends: [{ name: a, url: '${a.url}' }] } }
`;
  const first = await runSwitchyard(config, { data });
  const port = Number(first.listeners.gateway?.split(':')[1]);
  const askEach = async () => Promise.all(KINDS.map((kind) => askKind(port, kind, `/${kind}`)));
  const recordedPaths = async (of: Switchyard) => {
    const { rows } = await callSwitchyard<ExchangeWindow>(of, 'exchanges.query', { filter: 'completed' });
    return rows.map(({ path, status, attempts }) => `${path} ${status} ${attempts}`).sort();
  };
  expect(await askEach()).toEqual(['200 a', '200 a', '200 a', '101 a']);
  const before = ['/get 200 1', '/post 200 1', '/streamed 200 1', '/websocket 101 1'];
  await expect.poll(() => recordedPaths(first)).toEqual(before);

  a.delayMs = Number.POSITIVE_INFINITY;
  const underWay = KINDS.map((kind) => askKind(port, kind).catch((error: Error) => error.message));
  await expect.poll(() => a.requests).toBe(2 * KINDS.length);
  first.signal('SIGKILL');
  await first.exited;
  expect(await Promise.all(underWay)).toEqual(Array(KINDS.length).fill('socket hang up'));
  expect(readFileSync(first.configFile, 'utf8')).toBe(config);

  a.delayMs = 0;
  const again = await runSwitchyard(config, { data });
  onTestFinished(async () => {
    await again.close();
    await first.close();
    rmSync(data, { recursive: true, force: true });
  });
  expect(again.listeners).toEqual(first.listeners);
  expect(await recordedPaths(again)).toEqual(before);
  expect(await askEach()).toEqual(['200 a', '200 a', '200 a', '101 a']);
  expect(a.requests).toBe(3 * KINDS.length);
});
