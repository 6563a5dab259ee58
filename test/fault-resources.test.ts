/** Backends that are sound, and clients or a system that are not: nothing is lost for ever, nothing grows without end. */
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { type Answer, type Backend, send, startBackend } from './support/backend.ts';
import { startEngine } from './support/engine.ts';
import { healthyBackend, resetOnAccept } from './support/faulty-backends.ts';
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

test('F7 resets when it has accepted, before or after the first byte is sent: GETs reach b, a POST too or is told', async () => {
  const [a, b] = await Promise.all([resetOnAccept(), healthyBackend()]);
  onTestFinished(() => {
    a.close();
    b.close();
  });
  const backends = [a, b].map(({ url }, i) => ({ name: 'ab'[i], url }));
  const { port, close } = await startEngine([], { pool: { ejection: false, backends } });
  onTestFinished(close);
  const statuses = async (method: string) =>
    new Set(
      await Promise.all(
        Array.from({ length: 20 }, async () => (await send(`127.0.0.1:${port}`, '/', { method })).status),
      ),
    );
  expect(await statuses('GET')).toEqual(new Set([200]));
  expect([...(await statuses('POST'))].filter((status) => status !== 200 && status !== 502)).toEqual([]);
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

test('F32 Expect: 100-continue, and the backend answers it', async () => {
  const { port } = await setUp((incoming, response) => {
    incoming.resume();
    incoming.once('end', () => response.end());
  });
  expect(await expectContinue(port)).toEqual({ status: 200, continued: true });
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'F26 no port left for connections to a backend: refused at once with the reason, and fine again afterwards',
  async () => {
    const program = join(import.meta.dirname, 'support/few-ports.mjs');
    const script = `ip link set lo up && echo "40000 40009" > /proc/sys/net/ipv4/ip_local_port_range && exec ${process.execPath} ${program}`;
    const { stdout } = await promisify(execFile)('unshare', ['-rn', 'sh', '-c', script]);
    expect(JSON.parse(stdout)).toEqual({ crowded: ['200', '502 CONNECT_FAILED'], afterwards: ['200'] });
  },
);
