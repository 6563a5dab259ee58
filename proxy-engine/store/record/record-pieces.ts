/** What travels before the record of its exchange: pieces of bodies, and messages of a WebSocket. */
import type { WebSocketMessage } from '../../contract/exchange.ts';
import type { TappedMessage } from '../../websocket/frame-tap.ts';
import { BODY, KIND_BODY, MESSAGE, MESSAGE_TYPES } from './record-format.ts';
import { numberAt } from './record-reader.ts';

export interface BodyPiece {
  id: number;
  side: 'request' | 'response';
  /** Where in the body it begins. */
  offset: number;
  /** From the start of the exchange. */
  atMs: number;
  bytes: Buffer;
}

/** A message, or a word about them: a note, or that some were left out. */
export interface MessagePiece {
  id: number;
  type: (typeof MESSAGE_TYPES)[number];
  from: WebSocketMessage['from'];
  atMs: number;
  /** Of the whole message; of a gap: how many messages were left out. */
  size: number;
  wireBytes: number;
  fragments: number;
  compressed: boolean;
  /** 0: it has none. */
  closeCode: number;
  /** What is kept of it. */
  data: Uint8Array;
}

export type Piece = BodyPiece | MessagePiece;

/** `at`: a multiple of eight, where a record that is no exchange begins. Its bytes are those of the batch. */
export function readPiece(batch: Buffer, at: number): Piece {
  return numberAt(batch, at, BODY.kind) === KIND_BODY ? readBody(batch, at) : readMessage(batch, at);
}

function readBody(batch: Buffer, at: number): BodyPiece {
  const start = at + BODY.count * 8;
  return {
    id: numberAt(batch, at, BODY.id),
    side: numberAt(batch, at, BODY.side) === 0 ? 'request' : 'response',
    offset: numberAt(batch, at, BODY.offset),
    atMs: numberAt(batch, at, BODY.atMs),
    bytes: batch.subarray(start, start + numberAt(batch, at, BODY.length)),
  };
}

function readMessage(batch: Buffer, at: number): MessagePiece {
  const start = at + MESSAGE.count * 8;
  const number = (place: number) => numberAt(batch, at, place);
  return {
    id: number(MESSAGE.id),
    type: MESSAGE_TYPES[number(MESSAGE.type)] ?? 'binary',
    from: number(MESSAGE.from) === 0 ? 'client' : 'server',
    atMs: number(MESSAGE.atMs),
    size: number(MESSAGE.size),
    wireBytes: number(MESSAGE.wireBytes),
    fragments: number(MESSAGE.fragments),
    compressed: number(MESSAGE.compressed) === 1,
    closeCode: number(MESSAGE.closeCode),
    data: batch.subarray(start, start + number(MESSAGE.length)),
  };
}

/** Of a message, at most `maxBytes` of its data. `atMs`: from the start of the exchange. */
export function messagePiece(
  id: number,
  from: WebSocketMessage['from'],
  { type, data, wireBytes, fragments, compressed, closeCode = 0 }: TappedMessage,
  atMs: number,
  maxBytes: number,
): MessagePiece {
  const kept = data.subarray(0, maxBytes);
  return { id, type, from, atMs, size: data.length, wireBytes, fragments, compressed, closeCode, data: kept };
}

const NOTHING = {
  from: 'client',
  atMs: 0,
  size: 0,
  wireBytes: 0,
  fragments: 0,
  compressed: false,
  closeCode: 0,
} as const;

export function notePiece(id: number, note: string): MessagePiece {
  return { ...NOTHING, id, type: 'note', data: Buffer.from(note, 'utf8') };
}

/** So many messages were left out. */
export function gapPiece(id: number, count: number): MessagePiece {
  return { ...NOTHING, id, type: 'gap', size: count, data: new Uint8Array() };
}
