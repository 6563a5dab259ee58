/** WebSocket frames by hand (RFC 6455 §5.2), and a WebSocket to a proxy over HTTP/1.1 or HTTP/2. */
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { connectHttp2 } from './http2.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketFrame {
  /** FIN, reserved bits and opcode. */
  first: number;
  payload: Buffer;
}

const FIN = 0x80;

/** A masked frame, as clients send them. `first`: FIN, reserved bits and opcode. */
export function clientFrame(first: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload as string);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const masked = Buffer.from(bytes);
  for (let i = 0; i < masked.length; i++) masked[i] = (masked[i] as number) ^ (mask[i & 3] as number);
  return Buffer.concat([Buffer.of(first), lengthOf(bytes.length), mask, masked]);
}

/** A whole message in one frame. */
export const whole = (opcode: number, payload: Buffer | string = ''): Buffer => clientFrame(FIN | opcode, payload);

/** A message in as many frames as there are parts; `between`: what is sent before the last one. */
export function inParts(
  opcode: number,
  parts: readonly (Buffer | string)[],
  between: Buffer = Buffer.alloc(0),
): Buffer {
  const frames = parts.map((part, i) => {
    const code = i === 0 ? opcode : OPCODE.continuation;
    return clientFrame(i === parts.length - 1 ? FIN | code : code, part);
  });
  return Buffer.concat([...frames.slice(0, -1), between, ...frames.slice(-1)]);
}

export function closeFrame(code: number, reason: Buffer | string = ''): Buffer {
  return whole(OPCODE.close, Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason as string)]));
}

function lengthOf(length: number): Buffer {
  if (length < 126) return Buffer.of(FIN | length);
  const extended = Buffer.alloc(length < 65_536 ? 3 : 9);
  extended[0] = FIN | (length < 65_536 ? 126 : 127);
  extended.writeUIntBE(length, extended.length - (length < 65_536 ? 2 : 6), length < 65_536 ? 2 : 6);
  return extended;
}

/** Unmasked frames, as servers send them; what is not whole stays in `rest`. */
export function readFrames(bytes: Buffer): { frames: WebSocketFrame[]; rest: Buffer } {
  const frames: WebSocketFrame[] = [];
  let rest = bytes;
  for (;;) {
    const short = (rest[1] ?? 0) & 0x7f;
    const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < headBytes) return { frames, rest };
    const length = short < 126 ? short : rest.readUIntBE(headBytes - (short === 126 ? 2 : 6), short === 126 ? 2 : 6);
    if (rest.length < headBytes + length) return { frames, rest };
    frames.push({ first: rest[0] ?? 0, payload: rest.subarray(headBytes, headBytes + length) });
    rest = rest.subarray(headBytes + length);
  }
}

const KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';

/** Opens one through a proxy; `extensions`: what is offered. Rejects with what the proxy said instead. */
export async function openRaw(port: number, protocol: 'http1' | 'http2', extensions?: string): Promise<Duplex> {
  const socket = await (protocol === 'http1' ? upgraded(port, extensions) : extendedConnect(port, extensions));
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

function upgraded(port: number, extensions?: string): Promise<Duplex> {
  const offer = extensions === undefined ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(
        `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${offer}\r\n`,
      ),
    );
    socket.once('error', reject);
    socket.once('data', (head: Buffer) => {
      const text = head.toString('latin1');
      if (text.startsWith('HTTP/1.1 101 ') && text.endsWith('\r\n\r\n')) resolve(socket);
      else reject(new Error(text));
    });
  });
}

/** RFC 8441 §4. */
async function extendedConnect(port: number, extensions?: string): Promise<Duplex> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':authority': 'a',
    ':path': '/',
    'sec-websocket-version': '13',
    ...(extensions !== undefined && { 'sec-websocket-extensions': extensions }),
  });
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('response', (headers) =>
      headers[':status'] === 200 ? resolve(stream) : reject(new Error(String(headers[':status']))),
    );
  });
}
