/** HTTP/2 by hand: frames as bytes, for what no library would send (RFC 9113 §4, RFC 7541). */
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { resetName } from '../../proxy-engine/http2/error-codes.ts';
import { until } from './until.ts';

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** END_STREAM, and ACK of SETTINGS and PING. */
export const END_STREAM = 0x1;
export const ACK = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export interface Frame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

/** `length`: what the head says when it is not the length of `payload`. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | readonly number[] = [],
  length?: number,
): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(length ?? bytes.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Identifier and value of each setting (§6.5.1). */
export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const entries = pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]));
  return frame(TYPE.settings, 0, 0, Buffer.concat(entries));
}

/** Field lines as literals that no table keeps, without Huffman (RFC 7541 §6.2.2). */
export function block(...fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), string(name), string(value)]));
}

/** A literal that becomes entry 62 of the table (RFC 7541 §6.2.1). */
export function kept(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), string(name), string(value)]);
}

/** RFC 7541 §5.1 and §5.2. */
function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export type Field = readonly [name: string, value: string];

/** The pseudo-fields of a request; `path` tells at the backend which request it was. */
export function pseudo(path = '/x', method = 'GET'): Field[] {
  return [
    [':method', method],
    [':scheme', 'http'],
    [':authority', 'a.test'],
    [':path', path],
  ];
}

/** HEADERS of a whole request. */
export function request(stream: number, fields: readonly Field[] = pseudo(), flags = END_STREAM): Buffer {
  return frame(TYPE.headers, flags | END_HEADERS, stream, block(...fields));
}

/** One connection to the engine; what comes back is kept by frame. */
export class RawHttp2 {
  readonly frames: Frame[] = [];
  closed = false;
  readonly #socket: Socket;
  #rest = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', (data) => this.#read(data));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.closed = true;
    });
    onTestFinished(() => void this.#socket.destroy());
  }

  /** With the preface and empty SETTINGS sent. */
  static open(port: number, ...pairs: readonly (readonly [id: number, value: number])[]): RawHttp2 {
    const connection = new RawHttp2(port);
    connection.send(PREFACE, settings(...pairs));
    return connection;
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.closed) this.#socket.write(Buffer.concat(frames));
  }

  /** Reads no more until it is called again with false. */
  pause(paused = true): void {
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  get socket(): Socket {
    return this.#socket;
  }

  of(type: number, stream?: number): Frame[] {
    return this.frames.filter((one) => one.type === type && (stream === undefined || one.stream === stream));
  }

  /** `GOAWAY NAME`, `RST NAME` or the status of a stream that has ended; `closed`; null: none of these yet. */
  outcome(stream = 1): string | null {
    const goaway = this.of(TYPE.goaway).find(({ payload }) => payload.readUInt32BE(4) !== 0);
    if (goaway) return `GOAWAY ${resetName(goaway.payload.readUInt32BE(4))}`;
    const reset = this.of(TYPE.rstStream, stream).find(({ payload }) => payload.readUInt32BE() !== 0);
    if (reset) return `RST ${resetName(reset.payload.readUInt32BE())}`;
    const [head] = this.of(TYPE.headers, stream);
    const hasEnded = this.frames.some(
      ({ type, flags, stream: id }) => id === stream && type <= TYPE.headers && (flags & END_STREAM) !== 0,
    );
    if (head && hasEnded) return statusOf(head.payload);
    return this.closed ? 'closed' : null;
  }

  async ends(stream = 1): Promise<string> {
    await until(() => this.outcome(stream) !== null, `an end of stream ${stream}`);
    return this.outcome(stream) ?? '';
  }

  /** All that was sent before has been looked at; false: the connection was closed over it. */
  async settled(): Promise<boolean> {
    const asked = Buffer.from(`ping${String(this.frames.length).padStart(4, '0')}`);
    this.send(frame(TYPE.ping, 0, 0, asked));
    const isAnswered = () => this.of(TYPE.ping).some(({ payload }) => payload.equals(asked));
    await until(() => this.closed || isAnswered(), 'the answer to PING');
    return isAnswered();
  }

  #read(data: Buffer): void {
    let bytes = Buffer.concat([this.#rest, data]);
    while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
      const length = bytes.readUIntBE(0, 3);
      const [type, flags] = [bytes.readUInt8(3), bytes.readUInt8(4)];
      this.frames.push({ type, flags, stream: bytes.readUInt32BE(5), payload: bytes.subarray(9, 9 + length) });
      bytes = bytes.subarray(9 + length);
    }
    this.#rest = bytes;
  }
}

/** `:status`, which comes first: by its place in the static table (RFC 7541 Appendix A) or as three digits. */
function statusOf(payload: Buffer): string {
  let at = 0;
  while (((payload[at] ?? 0) & 0xe0) === 0x20) at++; // sizes of the table
  const first = payload[at] ?? 0;
  if (first >= 0x88 && first <= 0x8e) return ['200', '204', '206', '304', '400', '404', '500'][first - 0x88] ?? '';
  const length = payload[at + 1] ?? 0;
  const value = payload.subarray(at + 2, at + 2 + (length & 0x7f));
  return length & 0x80 ? huffmanDigits(value) : value.toString('latin1');
}

/** Digits of the code of RFC 7541 Appendix B: 0–2 have five bits, 3–9 six. */
function huffmanDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let text = '';
  for (let at = 0; text.length < 3; ) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    text += short <= 2 ? short : Number.parseInt(bits.slice(at, at + 6), 2) - 22;
    at += short <= 2 ? 5 : 6;
  }
  return text;
}
