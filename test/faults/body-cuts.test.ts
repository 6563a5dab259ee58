/**
 * `reset: body` and `truncate` hit every answer that has a body, and its client sees that it is not whole, whatever tells where the
 * body ends on either side, and however short it is. The cut is drawn as early and as deep as it can be.
 */
import { connect } from 'node:net';
import { Client, credentials } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Clock } from '../../proxy-engine/clock.ts';
import type { Fault } from '../../proxy-engine/contract/state.ts';
import { recorded, startEngine, type TestEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { call, ECHO, startGrpcServer } from '../support/grpc.ts';
import { ask, connectHttp2, startHttp2Backend } from '../support/http2.ts';
import { startRawBackend } from '../support/raw.ts';
import { until } from '../support/until.ts';

const FAULTS: Fault[] = [{ reset: 'body' }, { truncate: true }];
const DRAWS = { early: 0, deep: 0.999_999 };
type Draw = keyof typeof DRAWS;

/** What tells where the body of the backend ends. */
const FRAMINGS = ['length', 'chunked', 'close', 'http2-length', 'http2'] as const;
type Framing = (typeof FRAMINGS)[number];
const CLIENTS = ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2'] as const;
type Protocol = (typeof CLIENTS)[number];
const SIZES = [0, 1, 2, 200, 2000, 65_536];

interface Seen {
  bytes: number;
  isWhole: boolean;
}

const CASES = FAULTS.flatMap((fault) =>
  (Object.keys(DRAWS) as Draw[]).flatMap((draw) => FRAMINGS.map((framing) => ({ fault, draw, framing }))),
);

describe.each(CASES)('$fault, drawn $draw, of $framing', ({ fault, draw, framing }) => {
  it.each(CLIENTS)('to a client of %s', async (client) => {
    const { engine, port } = await startFaulty(await backendPort(framing), fault, draw, protocolOf(framing));
    for (const size of SIZES) {
      const { bytes, isWhole } = await get(client, port, `/${size}`);
      const { error, attempts, mark } = await recorded(engine, (row) => row.path === `/${size}`);
      const outcome = { size, isWhole, error: error?.message, fault: attempts[0]?.fault !== undefined };
      if (size === 0 && framing.endsWith('length'))
        expect({ ...outcome, note: mark?.note }).toEqual({
          ...{ size, isWhole: true, fault: false, error: undefined },
          note: 'the fault had no body to cut',
        });
      else {
        const message = expect.stringMatching(/^the body was cut after \d+ bytes, by a fault$/);
        expect(outcome).toEqual({ size, isWhole: false, error: message, fault: true });
        expect(bytes, `of ${size}`).toBeLessThanOrEqual(draw === 'early' ? 1 : 16_384);
      }
    }
  });
});

it.each(FAULTS)('%j with a bandwidth: what comes before the cut comes at that pace', async (fault) => {
  const clock = new FakeClock();
  const paced = { ...fault, bandwidthBytesPerSecond: 1000 };
  const { engine, port } = await startFaulty(await backendPort('length'), paced, 'deep', {}, clock);
  let seen: Seen | undefined;
  void get('HTTP/1.1', port, '/2000').then((given) => (seen = given));
  await until(() => {
    if (engine.state().pools[0]?.backends[0]?.requests === 1) clock.advance(20);
    return seen !== undefined;
  });
  expect(seen).toEqual({ bytes: 1000, isWhole: false });
  expect(clock.now()).toBeGreaterThanOrEqual(1000);
  expect((await recorded(engine)).error?.message).toBe('the body was cut after 1000 bytes, by a fault');
});

const protocolOf = (framing: Framing) => ({ protocol: framing.startsWith('http2') ? 'http2' : 'http1' });

async function startFaulty(port: number, fault: Fault, draw: Draw, pool = {}, clock?: Clock): Promise<TestEngine> {
  const random = vi.spyOn(Math, 'random').mockReturnValue(DRAWS[draw]);
  const started = await startEngine([port], { pool: { ejection: false, ...pool }, ...(clock && { clock }) });
  onTestFinished(async () => {
    random.mockRestore();
    await started.close();
  });
  const p = started.engine.pool('p');
  for (const backend of p?.backends ?? []) p?.setFault(backend, fault);
  return started;
}

// ── backends that answer to `/size` with so many bytes ───────────────────────────────────────────────────────────────

async function backendPort(framing: Framing): Promise<number> {
  if (framing === 'http2' || framing === 'http2-length') {
    const { port } = await startHttp2Backend((stream, { ':path': path = '' }) => {
      const size = path.slice(1);
      stream.respond({ ':status': 200, ...(framing === 'http2-length' && { 'content-length': size }) });
      stream.end(Buffer.alloc(Number(size), 'x'));
    });
    return port;
  }
  const backend = await startRawBackend((socket, data) => {
    const text = said(framing, Number(/^GET \/(\d+) /.exec(data)?.[1]));
    if (framing === 'close') socket.end(text);
    else socket.write(text);
  });
  onTestFinished(() => backend.close());
  return backend.port;
}

function said(framing: 'length' | 'chunked' | 'close', size: number): string {
  const body = 'x'.repeat(size);
  switch (framing) {
    case 'length':
      return `HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${body}`;
    case 'chunked':
      return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size ? `${size.toString(16)}\r\n${body}\r\n` : ''}0\r\n\r\n`;
    case 'close':
      return `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${body}`;
  }
}

// ── clients ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function get(client: Protocol, port: number, path: string): Promise<Seen> {
  if (client !== 'HTTP/2') return getRaw(client, port, path);
  const { body, rstCode } = await ask(connectHttp2(`http://127.0.0.1:${port}`), { ':path': path });
  return { bytes: body.length, isWhole: rstCode === 0 };
}

/** What is there after the end of the connection, and whether a client may take that for all. */
function getRaw(client: Protocol, port: number, path: string): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} ${client}\r\nHost: a\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    let isReset = false;
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => (isReset = true));
    socket.on('close', () => resolve(seenIn(text, isReset)));
  });
}

function seenIn(text: string, isReset: boolean): Seen {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const bytes = body.match(/x/g)?.length ?? 0;
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  if (length !== undefined) return { bytes, isWhole: bytes === Number(length) };
  const isChunked = /^transfer-encoding: chunked/im.test(head);
  return { bytes, isWhole: isChunked ? text.endsWith('0\r\n\r\n') : !isReset };
}

// ── gRPC ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

it.each(FAULTS)('a gRPC call with %j fails with a status that says so, however short its answer', async (fault) => {
  const { port: backend } = await startGrpcServer();
  const { engine, port } = await startFaulty(backend, fault, 'deep', { protocol: 'http2' });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { error } = await call(client, ECHO.unary, 'x');
  expect(error?.details).toMatch(/^the body was cut after \d+ bytes, by a fault$/);
  expect(await recorded(engine)).toMatchObject({
    error: { code: 'TRUNCATED' },
    attempts: [{ outcome: 'failed', fault: expect.any(String) }],
  });
});
