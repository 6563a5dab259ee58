/** Faults of bodies on a WebSocket, and on answers that have no body. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { send } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { until } from '../support/until.ts';
import { openRaw } from '../support/websocket-frames.ts';

const SENT_BYTES = 200_000;

/** Switches protocols; to the first byte it hears it answers with all it has, and says goodbye. Else 204. */
async function backendPort(sentBytes: number): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((_incoming, response) => void response.writeHead(204).end());
  server.on('upgrade', ({ headers }, socket: Socket) => {
    sockets.add(socket);
    const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}${guid}`).digest('base64');
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.once('data', () => socket.end(Buffer.alloc(sentBytes, 'x')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function setUp(fault: Fault, sentBytes = SENT_BYTES) {
  const clock = new FakeClock();
  const engine = await startEngine([await backendPort(sentBytes)], { clock });
  onTestFinished(() => engine.close());
  const pool = engine.engine.pool('p');
  const [backend] = pool?.backends ?? [];
  if (backend) pool?.setFault(backend, fault);
  return { engine: engine.engine, port: engine.port, clock };
}

/** A client that has said something: what it has got so far, and how it ended. */
async function client(port: number, protocol: 'http1' | 'http2') {
  const socket = await openRaw(port, protocol);
  const got = { bytes: 0, ended: false, closed: false, failed: false };
  socket.on('data', (chunk: Buffer) => (got.bytes += chunk.length));
  socket.on('end', () => (got.ended = true));
  socket.on('error', () => (got.failed = true));
  socket.on('close', () => (got.closed = true));
  socket.write('go');
  return { got, socket };
}

it.each<['http1' | 'http2', Fault, boolean | null]>([
  ['http1', { reset: 'body' }, false],
  ['http1', { truncate: true }, true],
  ['http2', { truncate: true }, null],
  ['http2', { reset: 'body' }, null],
])('a WebSocket over %s with %j is cut off', async (protocol, fault, ended) => {
  const { engine, port, clock } = await setUp(fault);
  const { got } = await client(port, protocol);
  await until(() => {
    clock.advance(20);
    return got.closed;
  });
  expect(got.bytes).toBeLessThanOrEqual(16 * 1024);
  if (ended !== null) expect(got.ended).toBe(ended);
  expect(await recorded(engine)).toMatchObject({
    error: { code: 'TRUNCATED', message: expect.stringMatching(/^the stream was cut after \d+ bytes, by a fault$/) },
    attempts: [{ outcome: 'failed', fault: expect.any(String) }],
  });
});

it.each<['http1' | 'http2', Fault, number]>([
  ['http1', { reset: 'body' }, 50],
  ['http1', { truncate: true }, 50],
  ['http2', { reset: 'body' }, 50],
  ['http2', { truncate: true }, 50],
  ['http1', { truncate: true }, 0],
  ['http2', { reset: 'body' }, 0],
])(
  'a WebSocket over %s with %j is reset where it ends, when that is after %i bytes and the cut is deeper',
  async (protocol, fault, sentBytes) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
    onTestFinished(() => random.mockRestore());
    const { engine, port, clock } = await setUp(fault, sentBytes);
    const { got } = await client(port, protocol);
    await until(() => {
      clock.advance(20);
      return got.closed;
    });
    expect(got).toEqual({ bytes: sentBytes, ended: false, closed: true, failed: true });
    expect(await recorded(engine)).toMatchObject({
      error: { code: 'TRUNCATED', message: `the stream was cut after ${sentBytes} bytes, by a fault` },
      attempts: [{ outcome: 'failed', fault: expect.any(String) }],
    });
  },
);

it('bandwidth paces what the backend of a WebSocket sends, and nothing of it is lost', async () => {
  const { engine, port, clock } = await setUp({ bandwidthBytesPerSecond: 100_000 });
  const { got, socket } = await client(port, 'http1');
  let allowed = 0;
  let most = 0;
  await until(() => {
    most = Math.max(most, got.bytes - allowed);
    allowed += 2000;
    clock.advance(20);
    return got.ended;
  });
  socket.end();
  expect(got.bytes).toBe(SENT_BYTES);
  expect(most).toBeLessThanOrEqual(0);
  const exchange = await recorded(engine);
  expect(exchange.error).toBeUndefined();
  expect(exchange.attempts[0]).toMatchObject({ outcome: 'answered', fault: '100000 bytes/s' });
});

it.each<[string, Fault]>([
  ['HEAD', { reset: 'body' }],
  ['GET', { truncate: true }],
  ['GET', { bandwidthBytesPerSecond: 1000 }],
])('%s without a body: %j hits nothing, and is not said to', async (method, fault) => {
  const { engine, port } = await setUp(fault);
  expect(await send(`127.0.0.1:${port}`, '/', { method })).toMatchObject({ status: 204 });
  const { attempts, mark } = await recorded(engine);
  expect(attempts[0]?.fault).toBeUndefined();
  expect(mark?.note).toBe(fault.bandwidthBytesPerSecond ? undefined : 'the fault had no body to cut');
  expect(await engine.metrics()).not.toContain('switchyard_exchanges_with_fault_total{');
});
