/** Clients of HTTP/2 that want too much, by raw frames: what they get is bounded, and everybody else is served. */
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { recorded, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import {
  block,
  END_HEADERS,
  END_STREAM,
  type Field,
  frame,
  kept,
  pseudo,
  RawHttp2,
  request,
  settings,
  TYPE,
  uint32,
} from '../support/http2-frames.ts';
import { data, opened, startSeenEngine } from '../support/http2-rows.ts';
import { startRawBackend } from '../support/raw.ts';
import { until } from '../support/until.ts';

const MANY = 20_000;

/** `count` times what `make` says of each stream, from 1 on. */
function times(count: number, make: (stream: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => make(2 * i + 1)));
}

const reset = (stream: number) => frame(TYPE.rstStream, 0, stream, uint32(8));
const begun = frame(TYPE.headers, END_STREAM, 1, block(...pseudo()));

interface Attack {
  what: string;
  bytes: Buffer;
  /** Requests that may reach the backend. */
  atMost: number;
}

const ATTACKS: readonly Attack[] = [
  {
    what: 'rapid reset (CVE-2023-44487)',
    bytes: times(MANY, (stream) => Buffer.concat([request(stream), reset(stream)])),
    atMost: 1100,
  },
  {
    what: 'streams that make us reset them (CVE-2025-8671)',
    bytes: times(MANY, (stream) => Buffer.concat([opened(stream), frame(TYPE.windowUpdate, 0, stream, uint32(0))])),
    atMost: 1100,
  },
  {
    what: 'CONTINUATION without end (CVE-2024-27316)',
    bytes: Buffer.concat([begun, times(MANY, () => frame(TYPE.continuation, 0, 1, block(['x', 'y'.repeat(100)])))]),
    atMost: 0,
  },
  {
    what: 'empty CONTINUATION without end',
    bytes: Buffer.concat([begun, times(MANY, () => frame(TYPE.continuation, 0, 1))]),
    atMost: 0,
  },
  { what: 'a flood of SETTINGS', bytes: times(MANY, () => settings([4, 100])), atMost: 0 },
  { what: 'a flood of PING', bytes: times(MANY, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))), atMost: 0 },
  {
    what: 'a flood of PRIORITY',
    bytes: times(MANY, (stream) => frame(TYPE.priority, 0, stream, [0, 0, 0, 0, 1])),
    atMost: 0,
  },
  { what: 'a flood of unknown frames', bytes: times(MANY, () => frame(0x42, 0, 0, [1])), atMost: 0 },
  {
    what: 'a flood of empty DATA',
    bytes: Buffer.concat([opened(), times(MANY, () => data('', 0))]),
    atMost: 1,
  },
];

test.each(ATTACKS)('$what ends the connection', async ({ bytes, atMost }) => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(bytes);
  expect(await connection.settled()).toBe(false);
  await othersAreServed(port);
  expect(seen.reached.filter((one) => one !== 'GET /next').length).toBeLessThanOrEqual(atMost);
});

async function othersAreServed(port: number): Promise<void> {
  const next = RawHttp2.open(port);
  next.send(request(1, pseudo('/next')));
  expect(await next.ends()).toBe('200');
}

test('rapid reset of streams that have gone to a backend ends the connection after a thousand', async () => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  let stream = 1;
  do {
    connection.send(times(50, (i) => request(stream + i - 1)));
    if (!(await connection.settled())) break;
    connection.send(times(50, (i) => reset(stream + i - 1)));
    stream += 100;
  } while (stream < 2 * MANY);
  expect(stream).toBeLessThan(4000);
  await othersAreServed(port);
  expect(seen.reached.length).toBeLessThan(2000);
});

const bomb = [block(...pseudo()), kept('x', 'y'.repeat(4000)), Buffer.alloc(8000, 0x80 | 62)];
const manyFields = Array.from({ length: 300 }, (_, i): Field => [`x-${i}`, '1']);
const bigField: Field = ['x-big', 'y'.repeat(10_000)];

test.each([
  ['an HPACK bomb: 16 KB that mean 32 MB', [Buffer.concat(bomb)]],
  ['300 fields', [block(...pseudo(), ...manyFields)]],
  ['a head of 70 KB', [block(...pseudo(), bigField), ...Array.from({ length: 6 }, () => block(bigField))]],
])('%s: the stream is refused, the connection goes on', async (_, [first, ...rest]) => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  const continued = rest.map((part, i) => frame(TYPE.continuation, i === rest.length - 1 ? END_HEADERS : 0, 1, part));
  connection.send(frame(TYPE.headers, END_STREAM | (rest.length > 0 ? 0 : END_HEADERS), 1, first), ...continued);
  expect(['431', '400', 'RST ENHANCE_YOUR_CALM']).toContain(await connection.ends());
  connection.send(request(3, pseudo('/next')));
  expect(await connection.ends(3)).toBe('200');
  expect(seen.reached).toEqual(['GET /next']);
});

/** An engine in front of a backend that does with its connections what `act` says. */
async function withRawBackend(act: (socket: Socket) => void, clock = new FakeClock()) {
  const backend = await startRawBackend(act);
  const engine = await startEngine([backend.port], { clock });
  onTestFinished(async () => {
    await engine.close();
    await backend.close();
  });
  return { ...engine, backend, clock };
}

test('§6.9.1 a client that sends more than its window is cut off', async () => {
  const { port } = await withRawBackend((socket) => socket.pause());
  const connection = RawHttp2.open(port);
  connection.send(
    opened(),
    times(2000, () => frame(TYPE.data, 0, 1, Buffer.alloc(16_384))),
  );
  expect(['RST FLOW_CONTROL_ERROR', 'GOAWAY FLOW_CONTROL_ERROR']).toContain(await connection.ends());
});

test('a client that opens no window is given up after idleTimeout, and its backend told', async () => {
  const closed = Promise.withResolvers<void>();
  const { engine, port, clock } = await withRawBackend((socket) => {
    socket.once('close', () => closed.resolve());
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let i = 0; i < 100; i++) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  });
  const connection = RawHttp2.open(port, [4, 0]);
  connection.send(request(1));
  await until(() => connection.of(TYPE.headers, 1).length > 0, 'the head');
  await until(() => {
    clock.advance(5000);
    return connection.outcome() !== null;
  }, 'the end of the stream');
  expect(connection.outcome()).toBe('RST CANCEL');
  await closed.promise;
  expect((await recorded(engine)).error).toMatchObject({ code: 'CLIENT_GONE' });
});

test.each([
  ['says nothing behind the preface', []],
  ['does not end its field block', [frame(TYPE.headers, 0, 1, block(...pseudo()))]],
])('a client that %s is closed after headTimeout or idleTimeout', async (_, frames) => {
  const { port, clock } = await withRawBackend(() => {});
  const connection = RawHttp2.open(port);
  connection.send(...frames);
  await until(() => connection.frames.length > 0, 'SETTINGS');
  await until(() => {
    clock.advance(1000);
    return connection.closed;
  }, 'the end of the connection');
});

test('§6.9 no more is sent than the windows of stream and connection allow', async () => {
  const { port } = await startSeenEngine();
  const connection = RawHttp2.open(port, [4, 3]);
  const bytes = () => connection.of(TYPE.data, 1).map(({ payload }) => payload.toString());
  connection.send(opened(), data('abcdef'));
  await until(() => bytes().length > 0, 'a first piece');
  await connection.settled();
  expect(bytes()).toEqual(['abc']);
  connection.send(frame(TYPE.windowUpdate, 0, 1, uint32(1)));
  await until(() => bytes().length > 1, 'a second piece');
  // A smaller window counts for what is under way as well (§6.9.2): it becomes negative.
  connection.send(settings([4, 1]), frame(TYPE.windowUpdate, 0, 1, uint32(2)));
  await connection.settled();
  expect(bytes()).toEqual(['abc', 'd']);
  connection.send(frame(TYPE.windowUpdate, 0, 1, uint32(10)));
  expect(await connection.ends()).toBe('200');
  expect(bytes().join('')).toBe('abcdef');
});

test('§5.1.2 streams beyond MAX_CONCURRENT_STREAMS are refused, the others served', async () => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  const streams = Array.from({ length: 260 }, (_, i) => 2 * i + 1);
  connection.send(...streams.map((stream) => opened(stream)));
  const refused = await Promise.all(streams.slice(250).map((stream) => connection.ends(stream)));
  expect(refused).toEqual(streams.slice(250).map(() => 'RST REFUSED_STREAM'));
  connection.send(...streams.slice(0, 250).map((stream) => data('', END_STREAM, stream)));
  const served = await Promise.all(streams.slice(0, 250).map((stream) => connection.ends(stream)));
  expect(new Set(served)).toEqual(new Set(['200']));
  expect(seen.reached).toHaveLength(250);
});

test('a client that leaves while it waits ends its exchange, and its backend is told', async () => {
  let told = false;
  const backend = await startRawBackend((socket) => socket.on('close', () => (told = true)));
  const { engine, port, close } = await startEngine([backend.port]);
  onTestFinished(async () => {
    await close();
    await backend.close();
  });
  const connection = RawHttp2.open(port);
  connection.send(request(1));
  await until(() => backend.received.length === 1, 'the request');
  connection.socket.destroy();
  expect(await recorded(engine)).toMatchObject({ error: { code: 'CLIENT_GONE' } });
  await until(() => told, 'the end of the attempt');
});
