/**
 * RFC 6455 through the proxy, in HTTP/1.1 and HTTP/2 (RFC 8441) on either side: what an echo server of `ws` answers to each case,
 * byte by byte. The proxy must neither mend nor break anything: the server judges.
 */
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { startEngine } from '../support/engine.ts';
import { startHttp2Backend } from '../support/http2.ts';
import {
  clientFrame,
  closeFrame,
  inParts,
  OPCODE,
  openRaw,
  readFrames,
  type WebSocketFrame,
  whole,
} from '../support/websocket-frames.ts';

const { text, binary, ping, pong, close, continuation } = OPCODE;
const FIN = 0x80;
const RESERVED = 0x40;
const MIB = 1024 ** 2;

interface Row {
  rfc: string;
  what: string;
  sends: Buffer;
  /** Frames that come back: first byte and payload. */
  gets: [opcode: number, payload: Buffer | string][];
}

const echo = (rfc: string, what: string, opcode: number, payload: Buffer | string): Row => ({
  rfc,
  what,
  sends: whole(opcode, payload),
  gets: [[opcode, payload]],
});

/** The server ends it with that code. */
const ends = (rfc: string, what: string, sends: Buffer, code: number): Row => ({
  rfc,
  what,
  sends,
  gets: [[close, Buffer.of(code >> 8, code & 0xff)]],
});

const closes = (what: string, code: number, reason = ''): Row => ({
  rfc: '7.4',
  what: `close ${what}`,
  sends: closeFrame(code, reason),
  gets: [[close, Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)])]],
});

const bytesOf = (count: number): Buffer => Buffer.alloc(count, 'abcdefghijklmnop');
const pieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
const UTF8 = 'κόσμε 漢字 😀 \0';

const ROWS: Row[] = [
  ...[0, 1, 125, 126, 127, 65_535, 65_536].map((size) => echo('5.2', `text of ${size} bytes`, text, bytesOf(size))),
  ...[0, 125, 126, 65_535, 65_536].map((size) => echo('5.2', `binary of ${size} bytes`, binary, bytesOf(size))),
  echo('5.2', 'binary of 10 MiB', binary, bytesOf(10 * MIB)),
  {
    rfc: '5.4',
    what: 'text of 10 MiB in frames of 64 KiB',
    sends: inParts(text, pieces(bytesOf(10 * MIB), 65_536)),
    gets: [[text, bytesOf(10 * MIB)]],
  },
  { rfc: '5.4', what: 'text in two frames', sends: inParts(text, ['one ', 'two']), gets: [[text, 'one two']] },
  {
    rfc: '5.4',
    what: 'a frame of each byte',
    sends: inParts(text, pieces(bytesOf(200), 1)),
    gets: [[text, bytesOf(200)]],
  },
  {
    rfc: '5.4',
    what: 'empty frames around the text',
    sends: inParts(text, ['', 'middle', '', '']),
    gets: [[text, 'middle']],
  },
  {
    rfc: '5.4',
    what: 'a ping between two frames',
    sends: inParts(text, ['one ', 'two'], whole(ping, 'now')),
    gets: [
      [pong, 'now'],
      [text, 'one two'],
    ],
  },
  { rfc: '5.5.2', what: 'a ping without payload', sends: whole(ping), gets: [[pong, '']] },
  { rfc: '5.5.2', what: 'a ping of 125 bytes', sends: whole(ping, bytesOf(125)), gets: [[pong, bytesOf(125)]] },
  {
    rfc: '5.5.3',
    what: 'a pong that nobody asked for, then a ping',
    sends: Buffer.concat([whole(pong, 'x'), whole(ping, 'y')]),
    gets: [[pong, 'y']],
  },
  {
    rfc: '5.5.2',
    what: 'ten pings',
    sends: Buffer.concat(Array.from({ length: 10 }, (_, i) => whole(ping, `${i}`))),
    gets: Array.from({ length: 10 }, (_, i) => [pong, `${i}`]),
  },
  echo('8.1', 'UTF-8 of every length', text, UTF8),
  {
    rfc: '8.1',
    what: 'a code point cut between frames',
    sends: inParts(text, pieces(Buffer.from(UTF8), 1)),
    gets: [[text, UTF8]],
  },
  echo('8.1', 'a byte order mark', text, '\ufeffa'),
  ends('8.1', 'bytes that are no UTF-8', whole(text, Buffer.from([0xce, 0xba, 0xff])), 1007),
  ends('8.1', 'half a surrogate pair', whole(text, Buffer.from([0xed, 0xa0, 0x80])), 1007),
  ends('8.1', 'a code point cut by the end', whole(text, Buffer.from([0xf0, 0x9f])), 1007),
  ends('5.5', 'a ping of 126 bytes', whole(ping, bytesOf(126)), 1002),
  ends('5.5', 'a ping in two frames', inParts(ping, ['a', 'b']), 1002),
  ends('5.2', 'a reserved bit', clientFrame(FIN | RESERVED | text, 'a'), 1002),
  ends('5.2', 'a reserved opcode', whole(3, 'a'), 1002),
  ends('5.2', 'a reserved control opcode', whole(11, 'a'), 1002),
  ends('5.4', 'a continuation of nothing', whole(continuation, 'a'), 1002),
  ends('5.4', 'a message in the middle of another', Buffer.concat([clientFrame(text, 'a'), whole(text, 'b')]), 1002),
  ends('5.1', 'a frame without a mask', Buffer.from([FIN | text, 1, 97]), 1002),
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) =>
    closes(String(code), code),
  ),
  closes('with a reason of 123 bytes', 1000, 'é'.repeat(61) + 'x'),
  { rfc: '7.1.5', what: 'close without a code', sends: whole(close), gets: [[close, '']] },
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) =>
    ends('7.4', `close ${code}`, closeFrame(code), 1002),
  ),
  ends('5.5.1', 'close with half a code', whole(close, Buffer.of(3)), 1002),
  ends('5.5.1', 'close with a reason that is no UTF-8', closeFrame(1000, Buffer.of(0xff)), 1007),
  {
    rfc: '5.5.1',
    what: 'a message behind close',
    sends: Buffer.concat([closeFrame(1000), whole(text, 'late')]),
    gets: [[close, Buffer.of(3, 232)]],
  },
];

async function echoServer(perMessageDeflate: boolean): Promise<number> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
    maxPayload: 64 * MIB,
  });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    socket.on('error', () => {});
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The same server behind HTTP/2: what comes on a stream goes to it over a connection of its own. */
async function behindHttp2(port: number): Promise<number> {
  const backend = await startHttp2Backend(
    (stream, headers) => {
      const offer = headers['sec-websocket-extensions'];
      const lines = offer === undefined ? '' : `Sec-WebSocket-Extensions: ${String(offer)}\r\n`;
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
        socket.write(
          `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${lines}\r\n`,
        ),
      );
      socket.on('error', () => {});
      stream.on('error', () => {});
      socket.once('data', (head: Buffer) => {
        const [, agreed] = /sec-websocket-extensions: ([^\r]*)/i.exec(head.toString('latin1')) ?? [];
        stream.respond({ ':status': 200, ...(agreed !== undefined && { 'sec-websocket-extensions': agreed }) });
        stream.pipe(socket).pipe(stream);
      });
    },
    { settings: { enableConnectProtocol: true } },
  );
  return backend.port;
}

const WAYS = (['http1', 'http2'] as const).flatMap((client) =>
  (['http1', 'http2'] as const).map((backend) => ({ client, backend })),
);

interface Way {
  client: 'http1' | 'http2';
  backend: 'http1' | 'http2';
}

async function open({ client, backend }: Way, extensions?: string): Promise<Duplex> {
  const echoPort = await echoServer(extensions !== undefined);
  const port = backend === 'http1' ? echoPort : await behindHttp2(echoPort);
  const engine = await startEngine([port], { pool: { protocol: backend } });
  onTestFinished(() => engine.close());
  return openRaw(engine.port, client, extensions);
}

/** Sends in pieces that have nothing to do with frames, and reads `count` frames, whose payloads have `payloadBytes` or more. */
function converse(socket: Duplex, bytes: Buffer, count: number, payloadBytes = 0): Promise<WebSocketFrame[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    socket.on('data', (data: Buffer) => {
      chunks.push(data);
      size += data.length;
      if (size < payloadBytes) return; // looking at 10 MiB again for each piece would take long
      const { frames } = readFrames(Buffer.concat(chunks));
      if (frames.length >= count) resolve(frames);
    });
    socket.once('close', () => reject(new Error(`closed after ${size} bytes`)));
    for (const piece of pieces(bytes, 16_381)) socket.write(piece);
  });
}

describe.each(WAYS)('$client → $backend', (way) => {
  test.each(ROWS)('§$rfc $what', async ({ sends, gets }) => {
    const payloadBytes = gets.reduce((sum, [, payload]) => sum + Buffer.byteLength(payload), 0);
    const frames = await converse(await open(way), sends, gets.length, payloadBytes);
    expect(frames.map(({ first }) => first)).toEqual(gets.map(([opcode]) => FIN | opcode));
    for (const [i, [, payload]] of gets.entries())
      expect(frames[i]?.payload.equals(Buffer.from(payload as string))).toBe(true);
  });

  test.each<[what: string, extensions: string]>([
    ['with context takeover', 'permessage-deflate'],
    ['without', 'permessage-deflate; client_no_context_takeover; server_no_context_takeover'],
  ])('RFC 7692 messages are deflated, %s', async (_what, extensions) => {
    const deflated = (message: string) => deflateRawSync(message, { finishFlush: 2 }).subarray(0, -4);
    const message = 'deflated and echoed, deflated and echoed';
    const [first, ...others] = pieces(deflated(message), 7);
    const parts = [
      clientFrame(RESERVED | text, first),
      ...others.map((part) => clientFrame(continuation, part)),
      whole(continuation),
    ];
    const socket = await open(way, extensions);
    const [frame] = await converse(socket, Buffer.concat(parts), 1);
    expect(frame?.first).toBe(FIN | RESERVED | text);
    const tail = Buffer.from([0, 0, 0xff, 0xff]);
    expect(inflateRawSync(Buffer.concat([frame?.payload ?? tail, tail]), { finishFlush: 2 }).toString()).toBe(message);
  });
});
