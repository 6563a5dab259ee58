/** Messages of a WebSocket as bytes, one behind the other: 36 bytes of numbers, then the data. An object each would take ten times that. */
import type { WebSocketMessage } from '../../contract/exchange.ts';

export type KeptMessage = Omit<WebSocketMessage, 'index' | 'data' | 'truncated' | 'closeCode'> & {
  /** 0: it has none. */
  closeCode: number;
  /** What is kept of it. */
  data: Buffer;
};

const TYPES = ['text', 'binary', 'ping', 'pong', 'close'] as const;
const FROM_SERVER = 1;
const COMPRESSED = 2;

/** Where in a message its numbers are, little-endian. */
const TYPE = 0;
const FLAGS = 1;
const CLOSE_CODE = 2;
const FRAGMENTS = 4;
const AT_MS = 8;
const SIZE = 16;
const WIRE = 24;
const LENGTH = 32;
const DATA = 36;

export function roomForMessage(data: Buffer): number {
  return DATA + data.length;
}

export function lengthOfMessageAt(bytes: Buffer, at: number): number {
  return DATA + dataBytesAt(bytes, at);
}

export function dataBytesAt(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + LENGTH);
}

/** Answers where the next one may begin. */
export function writeMessage(into: Buffer, at: number, message: KeptMessage): number {
  const { type, from, atMs, sizeBytes, wireBytes, fragments, compressed, closeCode, data } = message;
  into[at + TYPE] = TYPES.indexOf(type);
  into[at + FLAGS] = (from === 'server' ? FROM_SERVER : 0) | (compressed ? COMPRESSED : 0);
  into.writeUInt16LE(closeCode, at + CLOSE_CODE);
  into.writeUInt32LE(fragments, at + FRAGMENTS);
  into.writeDoubleLE(atMs, at + AT_MS);
  into.writeDoubleLE(sizeBytes, at + SIZE);
  into.writeDoubleLE(wireBytes, at + WIRE);
  into.writeUInt32LE(data.length, at + LENGTH);
  into.set(data, at + DATA);
  return at + DATA + data.length;
}

/** Its data is a view of `bytes`. */
export function messageAt(bytes: Buffer, at: number): KeptMessage {
  const flags = bytes[at + FLAGS] ?? 0;
  return {
    type: TYPES[bytes[at + TYPE] ?? 0] ?? 'binary',
    from: (flags & FROM_SERVER) === 0 ? 'client' : 'server',
    compressed: (flags & COMPRESSED) !== 0,
    closeCode: bytes.readUInt16LE(at + CLOSE_CODE),
    fragments: bytes.readUInt32LE(at + FRAGMENTS),
    atMs: bytes.readDoubleLE(at + AT_MS),
    sizeBytes: bytes.readDoubleLE(at + SIZE),
    wireBytes: bytes.readDoubleLE(at + WIRE),
    data: bytes.subarray(at + DATA, at + lengthOfMessageAt(bytes, at)),
  };
}

/** As it is told. A text that was cut may end in half a character, which is left out. */
export function toldMessage({ data, closeCode, ...rest }: KeptMessage, index: number): WebSocketMessage {
  const truncated = data.length < rest.sizeBytes;
  const told = { ...rest, index, data: textOf(rest.type, data, truncated), truncated };
  return closeCode === 0 ? told : { ...told, closeCode };
}

function textOf(type: WebSocketMessage['type'], data: Buffer, truncated: boolean): string {
  if (type !== 'text' && type !== 'close') return data.toString('base64');
  return truncated ? new TextDecoder().decode(data, { stream: true }) : data.toString('utf8');
}
