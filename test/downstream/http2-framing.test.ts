/** What RFC 9113 §3–§7 say a server MUST do, asked of a listener by raw frames. */
import { expect, test } from 'vitest';
import {
  ACK,
  block,
  END_HEADERS,
  END_STREAM,
  frame,
  PADDED,
  PREFACE,
  pseudo,
  RawHttp2,
  request,
  settings,
  TYPE,
  uint32,
} from '../support/http2-frames.ts';
import { data, opened, POST, POSTED, play, type Row, SERVED, startSeenEngine } from '../support/http2-rows.ts';
import { until } from '../support/until.ts';

const PROTOCOL = 'GOAWAY PROTOCOL_ERROR';
const SIZE = 'GOAWAY FRAME_SIZE_ERROR';

const FRAMES: readonly Row[] = [
  {
    rfc: '4.1',
    what: 'a frame of an unknown type is ignored',
    frames: [frame(0x42, 0xff, 7, [1, 2, 3]), request(1)],
    ends: '200',
    gets: SERVED,
  },
  {
    rfc: '4.1',
    what: 'flags that mean nothing are ignored',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS | 0xd2, 1, block(...pseudo()))],
    ends: '200',
    gets: SERVED,
  },
  {
    rfc: '4.1',
    what: 'the reserved bit is ignored',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS, 0x80000001, block(...pseudo()))],
    ends: '200',
    gets: SERVED,
  },
  {
    rfc: '4.2',
    what: 'a frame beyond SETTINGS_MAX_FRAME_SIZE',
    frames: [opened(), frame(TYPE.data, 0, 1, Buffer.alloc(16_385))],
    ends: `${SIZE}|RST FRAME_SIZE_ERROR`,
  },
  {
    rfc: '4.2',
    what: 'a field block beyond SETTINGS_MAX_FRAME_SIZE in one frame',
    frames: [frame(TYPE.headers, END_HEADERS, 1, Buffer.alloc(16_385))],
    ends: SIZE,
  },
  {
    rfc: '4.3',
    what: 'a field block that cannot be decoded',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS, 1, [0x40, 0xff, 0xff, 0xff])],
    ends: 'GOAWAY COMPRESSION_ERROR',
  },
  {
    rfc: '4.3',
    what: 'an index behind the end of the table',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS, 1, [0xff, 0x7f])],
    ends: 'GOAWAY COMPRESSION_ERROR',
  },
  {
    rfc: '4.3.1',
    what: 'a table that grows beyond what was allowed',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS, 1, Buffer.from([0x3f, 0xff, 0xff, 0x7f]))],
    ends: 'GOAWAY COMPRESSION_ERROR',
  },
  {
    rfc: '4.3',
    what: 'another stream’s HEADERS within a field block',
    frames: [frame(TYPE.headers, END_STREAM, 1, block(...pseudo())), request(3)],
    ends: PROTOCOL,
  },
  {
    rfc: '5.5',
    what: 'an unknown frame within a field block',
    frames: [frame(TYPE.headers, END_STREAM, 1, block(...pseudo())), frame(0x42, 0, 1)],
    ends: PROTOCOL,
  },
  {
    rfc: '6.10',
    what: 'a field block in three frames',
    frames: [
      frame(TYPE.headers, END_STREAM, 1, block(...pseudo().slice(0, 2))),
      frame(TYPE.continuation, 0, 1, block(...pseudo().slice(2, 3))),
      frame(TYPE.continuation, END_HEADERS, 1, block(...pseudo().slice(3))),
    ],
    ends: '200',
    gets: SERVED,
  },
  {
    rfc: '6.10',
    what: 'CONTINUATION without HEADERS',
    frames: [frame(TYPE.continuation, END_HEADERS, 1, block(...pseudo()))],
    ends: PROTOCOL,
  },
  {
    rfc: '6.10',
    what: 'CONTINUATION behind END_HEADERS',
    frames: [opened(), frame(TYPE.continuation, END_HEADERS, 1, block(['x', 'y']))],
    ends: PROTOCOL,
  },
  {
    rfc: '6.10',
    what: 'CONTINUATION on stream 0',
    frames: [frame(TYPE.headers, END_STREAM, 1, block(...pseudo())), frame(TYPE.continuation, END_HEADERS, 0)],
    ends: PROTOCOL,
  },
];

const STREAMS: readonly Row[] = [
  { rfc: '5.1', what: 'DATA on an idle stream', frames: [data('x')], ends: PROTOCOL },
  {
    rfc: '5.1',
    what: 'RST_STREAM on an idle stream',
    frames: [frame(TYPE.rstStream, 0, 1, uint32(8))],
    ends: PROTOCOL,
  },
  {
    rfc: '5.1',
    what: 'WINDOW_UPDATE on an idle stream',
    frames: [frame(TYPE.windowUpdate, 0, 1, uint32(1))],
    ends: PROTOCOL,
  },
  {
    rfc: '5.1',
    what: 'DATA behind END_STREAM',
    frames: [request(1, POST), data('x')],
    ends: 'RST STREAM_CLOSED|GOAWAY STREAM_CLOSED',
    gets: POSTED,
  },
  {
    rfc: '5.1',
    what: 'HEADERS behind END_STREAM',
    frames: [request(1), request(1)],
    ends: 'RST STREAM_CLOSED|GOAWAY STREAM_CLOSED',
    gets: SERVED,
  },
  {
    rfc: '5.1.1',
    what: 'a stream of an even number',
    frames: [request(2)],
    ends: PROTOCOL,
  },
  { rfc: '6.1', what: 'DATA on stream 0', frames: [data('x', 0, 0)], ends: PROTOCOL },
  {
    rfc: '6.1',
    what: 'padding is taken off',
    frames: [opened(), frame(TYPE.data, END_STREAM | PADDED, 1, [3, 0x68, 0x69, 0, 0, 0])],
    ends: '200',
    gets: POSTED,
  },
  {
    rfc: '6.1',
    what: 'more padding than frame',
    frames: [opened(), frame(TYPE.data, END_STREAM | PADDED, 1, [9, 0x68, 0x69])],
    ends: PROTOCOL,
  },
  { rfc: '6.2', what: 'HEADERS on stream 0', frames: [request(0)], ends: PROTOCOL },
  {
    rfc: '6.2',
    what: 'HEADERS with more padding than frame',
    frames: [frame(TYPE.headers, END_STREAM | END_HEADERS | PADDED, 1, [0xff, 0x82])],
    ends: PROTOCOL,
  },
  {
    rfc: '6.3',
    what: 'PRIORITY of four bytes',
    frames: [opened(), frame(TYPE.priority, 0, 1, [0, 0, 0, 3])],
    ends: `RST FRAME_SIZE_ERROR|${SIZE}`,
  },
  {
    rfc: '5.3.2',
    what: 'PRIORITY on an idle stream is ignored',
    frames: [frame(TYPE.priority, 0, 9, [0, 0, 0, 3, 1]), request(1)],
    ends: '200',
    gets: SERVED,
  },
  { rfc: '6.4', what: 'RST_STREAM on stream 0', frames: [frame(TYPE.rstStream, 0, 0, uint32(8))], ends: PROTOCOL },
  {
    rfc: '6.4',
    what: 'RST_STREAM of three bytes',
    frames: [opened(), frame(TYPE.rstStream, 0, 1, [0, 0, 8])],
    ends: SIZE,
  },
  {
    rfc: '6.6',
    what: 'PUSH_PROMISE of a client',
    frames: [opened(), frame(TYPE.pushPromise, END_HEADERS, 1, Buffer.concat([uint32(2), block(...pseudo())]))],
    ends: PROTOCOL,
  },
  {
    rfc: '6.9',
    what: 'WINDOW_UPDATE of nothing on a stream',
    frames: [opened(), frame(TYPE.windowUpdate, 0, 1, uint32(0))],
    ends: `RST PROTOCOL_ERROR|${PROTOCOL}`,
  },
  {
    rfc: '6.9.1',
    what: 'a window of a stream beyond 2³¹ − 1',
    frames: [opened(), frame(TYPE.windowUpdate, 0, 1, uint32(0x7fffffff))],
    ends: 'RST FLOW_CONTROL_ERROR|GOAWAY FLOW_CONTROL_ERROR',
  },
];

const CONNECTION: readonly Row[] = [
  {
    rfc: '6.5',
    what: 'SETTINGS on a stream',
    frames: [frame(TYPE.settings, 0, 1)],
    ends: PROTOCOL,
  },
  { rfc: '6.5', what: 'SETTINGS of five bytes', frames: [frame(TYPE.settings, 0, 0, [0, 1, 0, 0, 0])], ends: SIZE },
  { rfc: '6.5', what: 'an ACK with settings', frames: [frame(TYPE.settings, ACK, 0, [0, 1, 0, 0, 0, 0])], ends: SIZE },
  {
    rfc: '6.5.2',
    what: 'a setting that nobody knows is ignored',
    frames: [settings([0x4a, 1]), request(1)],
    ends: '200',
    gets: SERVED,
  },
  { rfc: '6.5.2', what: 'ENABLE_PUSH 2', frames: [settings([2, 2])], ends: PROTOCOL },
  {
    rfc: '6.5.2',
    what: 'INITIAL_WINDOW_SIZE 2³¹',
    frames: [settings([4, 0x80000000])],
    ends: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  { rfc: '6.5.2', what: 'MAX_FRAME_SIZE 16383', frames: [settings([5, 16_383])], ends: PROTOCOL },
  { rfc: '6.5.2', what: 'MAX_FRAME_SIZE 2²⁴', frames: [settings([5, 2 ** 24])], ends: PROTOCOL },
  { rfc: '8441 3', what: 'ENABLE_CONNECT_PROTOCOL 2', frames: [settings([8, 2])], ends: PROTOCOL },
  { rfc: '6.7', what: 'PING on a stream', frames: [frame(TYPE.ping, 0, 1, Buffer.alloc(8))], ends: PROTOCOL },
  { rfc: '6.7', what: 'PING of seven bytes', frames: [frame(TYPE.ping, 0, 0, Buffer.alloc(7))], ends: SIZE },
  { rfc: '6.8', what: 'GOAWAY on a stream', frames: [frame(TYPE.goaway, 0, 1, Buffer.alloc(8))], ends: PROTOCOL },
  { rfc: '6.9', what: 'WINDOW_UPDATE of three bytes', frames: [frame(TYPE.windowUpdate, 0, 0, [0, 0, 1])], ends: SIZE },
  {
    rfc: '6.9',
    what: 'WINDOW_UPDATE of nothing',
    frames: [frame(TYPE.windowUpdate, 0, 0, uint32(0))],
    ends: PROTOCOL,
  },
  {
    rfc: '6.9.1',
    what: 'a window beyond 2³¹ − 1',
    frames: [frame(TYPE.windowUpdate, 0, 0, uint32(0x7fffffff))],
    ends: 'GOAWAY FLOW_CONTROL_ERROR',
  },
];

test.each([...FRAMES, ...STREAMS, ...CONNECTION])('§$rfc $what', play);

const RESET = frame(TYPE.rstStream, 0, 1, uint32(8));
const EVIL = pseudo('/evil');

/** Where RFC 9113 asks for an error and nghttp2, which node:http2 is made of, says nothing: nothing of it may get further. */
test.each<[rfc: string, what: string, ...frames: Buffer[]]>([
  ['5.1', 'DATA on a stream that the client has reset', opened(), RESET, data('x'), request(5)],
  ['5.1', 'HEADERS on a stream that the client has reset', opened(), RESET, request(1, EVIL), request(5)],
  ['5.1.1', 'HEADERS on a stream below one that was opened', request(5), request(3, EVIL)],
  ['5.3.1', 'PRIORITY that depends on itself', frame(TYPE.priority, 0, 1, [0, 0, 0, 1, 1]), request(5)],
  ['6.3', 'PRIORITY on stream 0', frame(TYPE.priority, 0, 0, [0, 0, 0, 3, 1]), request(5)],
])('§%s %s is ignored', async (_rfc, _what, ...frames) => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(...frames);
  expect(await connection.ends(5)).toBe('200');
  expect(seen.reached.filter((one) => !POSTED.includes(one))).toEqual(SERVED);
});

test.each([
  ['DATA', data('x')],
  ['HEADERS', request(1, EVIL)],
])('§5.1 %s on a stream whose request was answered is ignored', async (_, late) => {
  const { port, seen } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(request(1));
  expect(await connection.ends(1)).toBe('200');
  connection.send(late, request(5));
  expect(await connection.ends(5)).toBe('200');
  expect(seen.reached).toEqual([...SERVED, ...SERVED]);
});

test('§6.7 an answer to a PING that nobody has sent is not answered, and closes the connection', async () => {
  const { port } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(frame(TYPE.ping, ACK, 0, Buffer.alloc(8)));
  await until(() => connection.closed, 'the end of the connection');
  expect(connection.of(TYPE.ping)).toEqual([]);
});

test('§6.5.3 SETTINGS are acknowledged; §6.7 PING comes back as it was', async () => {
  const { port } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(frame(TYPE.ping, 0, 0, Buffer.from('12345678')));
  await until(() => connection.of(TYPE.ping).length > 0 && connection.of(TYPE.settings).length > 1, 'both answers');
  expect(connection.of(TYPE.ping)).toMatchObject([{ flags: ACK, payload: Buffer.from('12345678') }]);
  expect(connection.of(TYPE.settings).filter(({ flags }) => flags === ACK)).toHaveLength(1);
});

test('§6.8 a client that says GOAWAY gets the answers to what it has asked', async () => {
  const { port } = await startSeenEngine();
  const connection = RawHttp2.open(port);
  connection.send(request(1), frame(TYPE.goaway, 0, 0, Buffer.alloc(8)));
  expect(await connection.ends()).toBe('200');
});

test.each([
  ['no SETTINGS first', Buffer.concat([PREFACE, request(1)])],
  ['half of it is wrong', Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')],
])('§3.4 a preface with %s', async (_, bytes) => {
  const { port, seen } = await startSeenEngine();
  const connection = new RawHttp2(port);
  connection.send(bytes);
  await until(() => connection.closed, 'the end of the connection');
  expect(seen.reached).toEqual([]);
});
