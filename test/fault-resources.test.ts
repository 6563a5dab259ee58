/** Backends that are sound, and clients or a system that are not: nothing is lost for ever, nothing grows without end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, type Backend, startBackend } from './support/backend.ts';
import { startEngine } from './support/engine.ts';
import { healthyBackend, resetOnAccept } from './support/faulty-backends.ts';
import { ask, KINDS } from './support/kinds.ts';
import { startRawBackend } from './support/raw.ts';
import { until } from './support/until.ts';

async function setUp(answer: Answer, pool: object = {}) {
  const backend: Backend = await startBackend('a', answer);
  onTestFinished(() => backend.close());
  const { engine, port, close } = await startEngine([backend.port], { pool });
  onTestFinished(close);
  return { engine, port, backend };
}

const MIB = 1024 ** 2;

test('F30 a client that reads nothing stops its backend, and gets the rest when it goes on', async () => {
  const total = 128 * MIB;
  let produced = 0;
  const { port } = await setUp((_incoming, response) => {
    response.writeHead(200, { 'content-length': total });
    const piece = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (produced < total) {
        produced += piece.length;
        if (!response.write(piece)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let before = -1;
  let still = 0;
  await until(() => {
    still = produced > 0 && produced === before ? still + 1 : 0;
    before = produced;
    return still === 30;
  });
  // What the buffers of the kernel take on both sides, and little of our own.
  expect(produced).toBeLessThan(48 * MIB);
  let received = 0;
  socket.resume().on('data', (data: Buffer) => (received += data.length));
  await new Promise((resolve) => socket.once('end', resolve));
  expect(received).toBeGreaterThan(total);
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
    (socket) => socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf '),
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

test('F30 a backend that reads nothing stops its client', async () => {
  const { port } = await setUp((incoming) => void incoming.pause());
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${128 * MIB}\r\n\r\n`);
  let sent = 0;
  const piece = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (sent < 128 * MIB) {
      sent += piece.length;
      if (!socket.write(piece)) return void socket.once('drain', more);
    }
  };
  more();
  let before = -1;
  let still = 0;
  await until(() => {
    still = sent === before ? still + 1 : 0;
    before = sent;
    return still === 30;
  });
  expect(sent).toBeLessThan(48 * MIB);
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
    const script = `ip link set lo up && ${prepare} && exec ${process.execPath} ${join(import.meta.dirname, 'support', program)}`;
    const { stdout } = await promisify(execFile)('unshare', ['-rnm', 'sh', '-c', script]);
    return JSON.parse(stdout);
  }

  test('F26 no port left for connections to a backend: refused at once with the reason, and fine again afterwards', async () => {
    const tenPorts = 'echo "40000 40009" > /proc/sys/net/ipv4/ip_local_port_range';
    const http = { crowded: ['200 a', '502 CONNECT_FAILED'], afterwards: '200 a' };
    const websocket = { crowded: ['101 a', '502 CONNECT_FAILED'], afterwards: '101 a' };
    expect(await printed(tenPorts, 'few-ports.mjs')).toEqual({ get: http, post: http, streamed: http, websocket });
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
