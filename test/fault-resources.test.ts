/** Backends that are sound, and clients or a system that are not: nothing is lost for ever, nothing grows without end. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, type Backend, send, startBackend } from './support/backend.ts';
import { recorded, startEngine } from './support/engine.ts';
import { FakeClock } from './support/fake-clock.ts';
import { healthyBackend, resetOnAccept } from './support/faulty-backends.ts';
import { ask, KINDS } from './support/kinds.ts';
import { startRawBackend } from './support/raw.ts';
import { until } from './support/until.ts';

async function setUp(answer: Answer, pool: object = {}, clock?: FakeClock) {
  const backend: Backend = await startBackend('a', answer);
  onTestFinished(() => backend.close());
  const { engine, port, close } = await startEngine([backend.port], { pool, ...(clock && { clock }) });
  onTestFinished(close);
  return { engine, port, backend };
}

const MIB = 1024 ** 2;

/** Whether a number that has begun to grow has been the same for the last thirty looks. */
function standsStill(read: () => number): () => boolean {
  let before = 0;
  let still = 0;
  return () => {
    still = read() > 0 && read() === before ? still + 1 : 0;
    before = read();
    return still === 30;
  };
}

/** A body as fast as it is taken; `onPiece` hears what is given away. */
function pour(response: ServerResponse, total: number, onPiece: (bytes: number) => void): void {
  const piece = Buffer.alloc(64 * 1024);
  let left = total;
  const more = (): void => {
    while (left > 0) {
      left -= piece.length;
      onPiece(piece.length);
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  response.writeHead(200, { 'content-length': total });
  more();
}

test('F30 a client that reads nothing stops its backend, and gets the rest when it goes on', async () => {
  const total = 128 * MIB;
  let produced = 0;
  const { port } = await setUp((_incoming, response) => pour(response, total, (bytes) => (produced += bytes)));
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await until(standsStill(() => produced));
  // What the buffers of the kernel take on both sides, and little of our own.
  expect(produced).toBeLessThan(48 * MIB);
  let received = 0;
  socket.resume().on('data', (data: Buffer) => (received += data.length));
  await new Promise((resolve) => socket.once('end', resolve));
  expect(received).toBeGreaterThan(total);
});

interface Memory {
  /** Of the process. */
  rss: number;
  /** What is left of it when the garbage is gone. */
  held: number;
}

/** The engine in a process of its own. */
async function inProcess(backend: { port: number }): Promise<{ port: number; memory(): Promise<Memory> }> {
  const program = join(import.meta.dirname, 'support', 'engine-memory.mjs');
  const child = fork(program, [String(backend.port)], { execArgv: ['--expose-gc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const next = async () => (await once(child, 'message'))[0] as Memory & { port: number };
  const { port } = await next();
  return {
    port,
    memory() {
      child.send('how much?');
      return next();
    },
  };
}

/** Sends a GET and reads until the other side closes. */
async function take(port: number, path: string): Promise<void> {
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
  );
  socket.resume().on('error', () => {});
  socket.once('end', () => socket.destroy());
  await once(socket, 'close');
}

test('F30 a client that reads nothing of 1 GiB: less than 16 MiB of it are held', async () => {
  let offered = 0;
  const backend = await startBackend('a', ({ url = '' }, response) => {
    pour(response, Number(url.slice(1)) * MIB, (bytes) => (offered += bytes));
  });
  onTestFinished(() => backend.close());
  const { port, memory } = await inProcess(backend);
  // Until nothing grows that only grows once.
  await take(port, '/128');
  const { rss } = await memory();
  offered = 0;
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /1024 HTTP/1.1\r\nHost: a\r\n\r\n')).pause();
  onTestFinished(() => void socket.destroy());
  await until(standsStill(() => offered));
  expect(offered).toBeLessThan(48 * MIB);
  expect((await memory()).rss - rss).toBeLessThan(16 * MIB);
});

test('F19 hundreds of heads that are too large: nothing of them is held', async () => {
  const head = `HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`;
  const backend = await startRawBackend((socket) => void socket.write(head));
  onTestFinished(() => backend.close());
  const { port, memory } = await inProcess(backend);
  const refused = async (times: number) => {
    const answers: string[] = [];
    for (let i = 0; i < times; i++)
      answers.push((await send(`127.0.0.1:${port}`)).headers['x-switchyard-error'] as string);
    return new Set(answers);
  };
  expect(await refused(400)).toEqual(new Set(['BAD_RESPONSE']));
  const { held } = await memory();
  expect(await refused(400)).toEqual(new Set(['BAD_RESPONSE']));
  // Of 38 MiB that have come; what a collection frees is swept beside what runs.
  await expect.poll(async () => (await memory()).held - held).toBeLessThan(4 * MIB);
});

test.each(KINDS)(
  'F7 resets when it has accepted, before or after the first byte is sent: %s reaches b or is told',
  async (kind) => {
    const [a, b] = await Promise.all([resetOnAccept(), healthyBackend()]);
    onTestFinished(() => {
      a.close();
      b.close();
    });
    const backends = [a, b].map(({ url }, i) => ({ name: 'ab'[i], url }));
    const { port, close } = await startEngine([], { pool: { ejection: false, backends } });
    onTestFinished(close);
    const answers = new Set(await Promise.all(Array.from({ length: 20 }, () => ask(port, kind))));
    const possible = {
      get: ['200 b'],
      websocket: ['101 b'],
      post: ['200 b', '502 RESET'],
      streamed: ['200 b', '502 RESET'],
    };
    expect([...answers].filter((answer) => !possible[kind].includes(answer))).toEqual([]);
  },
);

test.each<[string, (socket: Socket) => void, Answer]>([
  [
    'in the middle of its answer',
    (socket) => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    (_incoming, response) => void response.writeHead(200, { 'content-length': 10 }).write('half '),
  ],
  [
    'in the middle of its request',
    (socket) => socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nhalf '),
    (incoming) => void incoming.resume(),
  ],
])('F29 a client that leaves %s takes it away from the backend, which is not blamed', async (_when, begin, answer) => {
  let left = 0;
  const { engine, port, backend } = await setUp((incoming, response) => {
    incoming.socket.once('close', () => left++);
    answer(incoming, response);
  });
  const status = () => engine.state().pools[0]?.backends[0];
  const socket = connect(port, '127.0.0.1', () => begin(socket));
  await until(() => backend.requests === 1);
  socket.resetAndDestroy();
  await until(() => left === 1 && status()?.inFlight === 0);
  expect(status()).toMatchObject({ failures: 0, available: true });
});

const EXPECTS = 'Expect: 100-continue\r\n';

/** Sends a body of so many bytes as fast as it is taken; `sent()` tells how far it is. */
function upload(port: number, total: number, header = ''): { socket: Socket; sent(): number } {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n${header}\r\n`);
  let sent = 0;
  const piece = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (sent < total) {
      sent += piece.length;
      if (!socket.write(piece)) return void socket.once('drain', more);
    }
  };
  more();
  return { socket, sent: () => sent };
}

test('F30 a backend that reads nothing stops its client', async () => {
  const { port } = await setUp((incoming) => void incoming.pause());
  const { sent } = upload(port, 128 * MIB);
  await until(standsStill(sent));
  expect(sent()).toBeLessThan(48 * MIB);
});

test.each([
  ['RST', '', 1000],
  ['FIN', EXPECTS, 2000],
] as const)(
  'F29 a client that leaves by %s while nobody reads its body (%j) takes it away from the backend, within %i ms',
  async (how, header, withinMs) => {
    const clock = new FakeClock();
    const { engine, port } = await setUp((incoming) => void incoming.pause(), {}, clock);
    const status = () => engine.state().pools[0]?.backends[0];
    const { socket, sent } = upload(port, 128 * MIB, header);
    await until(standsStill(sent));
    if (how === 'RST') socket.resetAndDestroy();
    else socket.destroy();
    for (let ms = 0; ms < withinMs; ms += 1000) {
      expect(status()?.inFlight).toBe(1);
      clock.advance(1000);
    }
    await until(() => status()?.inFlight === 0);
    expect(await recorded(engine)).toMatchObject({
      durationMs: withinMs,
      error: { code: 'CLIENT_GONE' },
      attempts: [{ error: { code: 'CLIENT_GONE' } }],
    });
    expect(status()).toMatchObject({ failures: 0, available: true });
    await expect.poll(() => engine.metrics()).toContain('switchyard_backend_connections{pool="p",backend="a"} 0\n');
  },
);

test.each([
  ['that knows 100, is asked three times whether it is there', EXPECTS, 3],
  ['that has said nothing of it (undici breaks off at a 100) is not asked', '', 0],
])('a client whose body nobody reads for a minute, %s, and answered in the end', async (_what, header, times) => {
  const clock = new FakeClock();
  let goOn = () => {};
  const { port } = await setUp(
    (incoming, response) => {
      incoming.pause();
      goOn = () => void incoming.resume();
      incoming.once('end', () => response.end('all of it'));
    },
    { timeouts: { head: '0s' } },
    clock,
  );
  const { socket, sent } = upload(port, 64 * MIB, header);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  await until(standsStill(sent));
  // The answer of the backend to what it expects.
  text = '';
  for (let second = 0; second < 60; second++) clock.advance(1000);
  goOn();
  await until(() => text.includes('all of it'));
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([...Array(times).fill('HTTP/1.1 100'), 'HTTP/1.1 200']);
});

/** A POST that waits for `100 Continue` before it sends its body. */
function expectContinue(port: number): Promise<{ status: number | undefined; continued: boolean }> {
  return new Promise((resolve, reject) => {
    let continued = false;
    const headers = { expect: '100-continue', 'content-length': '4' };
    const outgoing = request({ port, method: 'POST', headers, agent: false });
    outgoing.once('continue', () => {
      continued = true;
      outgoing.end('body');
    });
    outgoing.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, continued }));
    });
    outgoing.once('error', reject);
    outgoing.flushHeaders();
  });
}

test('F32 Expect: 100-continue, and the backend is silent: 504 in time', async () => {
  const { port } = await setUp(() => {}, { timeouts: { head: '200ms' }, ejection: false });
  expect((await expectContinue(port)).status).toBe(504);
});

test('F32 Expect: 100-continue, and the backend will not have it: its 417 is passed on, no body is asked for', async () => {
  const backend = await startRawBackend((socket) =>
    socket.end('HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n'),
  );
  onTestFinished(() => backend.close());
  const { port, close } = await startEngine([backend.port]);
  onTestFinished(close);
  expect(await expectContinue(port)).toEqual({ status: 417, continued: false });
  expect(backend.received.join()).toMatch(/^expect: 100-continue\r$/im);
});

test('F32 Expect: 100-continue, and the backend answers it', async () => {
  const { port } = await setUp((incoming, response) => {
    incoming.resume();
    incoming.once('end', () => response.end());
  });
  expect(await expectContinue(port)).toEqual({ status: 200, continued: true });
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('in a network of its own', () => {
  /** What a program of `support` prints there, as JSON; `prepare` is done by a shell first. */
  async function printed(prepare: string, program: string): Promise<unknown> {
    const script = `ip link set lo up && ${prepare} && exec "$@"`;
    const command = [process.execPath, join(import.meta.dirname, 'support', program)];
    const { stdout } = await promisify(execFile)('unshare', ['-rnm', 'sh', '-c', script, 'sh', ...command]);
    return JSON.parse(stdout);
  }

  test('F26 no port left for connections to a backend: refused at once with the reason, and fine again afterwards', async () => {
    const tenPorts = 'echo "40000 40009" > /proc/sys/net/ipv4/ip_local_port_range';
    const http = { crowded: ['200 a', '502 CONNECT_FAILED'], afterwards: '200 a' };
    const websocket = { crowded: ['101 a', '502 CONNECT_FAILED'], afterwards: '101 a' };
    expect(await printed(tenPorts, 'few-ports.mjs')).toEqual({ get: http, post: http, streamed: http, websocket });
  });

  test('a connection that comes out at itself, since nobody listens there, is refused, whoever made it', async () => {
    const onePort =
      'echo "41000 41000" > /proc/sys/net/ipv4/ip_local_port_range && echo 0 > /proc/sys/net/ipv4/tcp_max_tw_buckets';
    const [refused, proxy] = ['502 CONNECT_REFUSED', '502 UPSTREAM_PROXY_FAILED'];
    const check = 'unhealthy: first check: connection refused';
    expect(await printed(onePort, 'one-port.mjs')).toEqual({
      get: refused,
      websocket: refused,
      https: refused,
      http2: refused,
      why: ['connection refused'],
      tunnel: refused,
      'through a proxy': proxy,
      'tunnel through a proxy': proxy,
      'tcp check': check,
      'http check': check,
      'grpc check': check,
    });
  });

  test('F24 a name server that fails or is silent: the other backend answers, and localhost needs no name server', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'switchyard-')), 'resolv.conf');
    writeFileSync(file, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n');
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    const results = (await printed(`mount --bind ${file} /etc/resolv.conf`, 'bad-names.mjs')) as string[];
    const answers = { get: '200 b', post: '200 b', streamed: '200 b', websocket: '101 b' };
    const [failing, silent, local] = [['DNS_FAILED '], ['CONNECT_TIMEOUT '], ['']].map(([before]) =>
      KINDS.map((kind) => `${answers[kind]}, ${before}${answers[kind].slice(0, 3)}`),
    );
    expect(results.map((line) => line.split(': ')[1])).toEqual([failing, silent, local].flat());
  });
});
