/** What has come of exchanges whose end has not been recorded yet: pieces of bodies, messages. */

import type { MessageLog } from '../record/message-log.ts';
import { MessageLogs } from '../record/message-logs.ts';
import { RecordBatch } from '../record/record-batch.ts';
import type { BodyPiece, MessagePiece, Piece } from '../record/record-pieces.ts';
import { HeldBatches } from './held-batches.ts';

const MAX_OPEN = 20_000;
/** Of messages that are written again at a time. */
const MESSAGES_BYTES = 256 * 1024;

export interface Bodies {
  request: Buffer[];
  response: Buffer[];
}

export interface OpenBody extends Bodies {
  /** When something came last, from the start of the exchange. */
  atMs: number;
}

export const NO_BODY: OpenBody = { request: [], response: [], atMs: 0 };

export function lengthOf(chunks: readonly Buffer[]): number {
  let sum = 0;
  for (const { length } of chunks) sum += length;
  return sum;
}

export class OpenParts {
  readonly #bodies = new Map<number, OpenBody>();
  readonly #messages = new MessageLogs();
  /** `capture.bodies`, which bounds a message as well. */
  maxMessageBytes: number;
  readonly #batches = new HeldBatches(({ id, body }) => this.#bodies.get(id) === body);

  constructor(maxMessageBytes: number) {
    this.maxMessageBytes = maxMessageBytes;
  }

  add(piece: Piece): void {
    if ('side' in piece) this.#addBody(piece);
    else this.#messages.add(piece, this.maxMessageBytes);
  }

  #addBody(piece: BodyPiece): void {
    let body = this.#bodies.get(piece.id);
    if (!body) this.#bodies.set(piece.id, (body = { request: [], response: [], atMs: 0 }));
    this.#batches.add({ id: piece.id, body, side: piece.side, at: body[piece.side].length });
    body[piece.side].push(piece.bytes);
    body.atMs = Math.max(body.atMs, piece.atMs);
  }

  /** What there is of its bodies so far. `isLast`: it will not be asked for again. */
  bodyOf(id: number, isLast: boolean): OpenBody {
    const body = this.#bodies.get(id);
    if (!body) return NO_BODY;
    if (!isLast) return { ...body, request: [...body.request], response: [...body.response] };
    this.#drop(id, body);
    return body;
  }

  #drop(id: number, body: OpenBody): void {
    this.#bodies.delete(id);
    this.#batches.ended(body);
  }

  /** They will not be asked for again. */
  forget(ids: Iterable<number>): void {
    for (const id of ids) {
      this.bodyOf(id, true);
      this.takeMessages(id);
    }
  }

  /** Of an exchange that goes on. */
  soFar(id: number): OpenBody {
    return this.#bodies.get(id) ?? NO_BODY;
  }

  messagesSoFar(id: number): MessageLog | undefined {
    return this.#messages.get(id);
  }

  /** They will not be asked for again. */
  takeMessages(id: number): MessageLog | undefined {
    return this.#messages.take(id);
  }

  /** All of the batch that had to be written is. `giveBack`: called as soon as nothing that is kept lies in its memory any more. */
  settle({ buffer }: Buffer, giveBack: () => void): void {
    this.#batches.settle(buffer, giveBack);
    // Of exchanges whose end was never recorded.
    for (const [id, body] of this.#bodies) {
      if (this.#bodies.size <= MAX_OPEN) break;
      this.#drop(id, body);
    }
  }

  /** All there is of those exchanges, as it would stand in batches. */
  *written(ids: Iterable<number>): Generator<Buffer> {
    for (const id of ids) {
      for (const side of ['request', 'response'] as const) yield* writtenBody(id, side, this.soFar(id));
      yield* writtenMessages(this.#messages.get(id)?.pieces(id) ?? []);
    }
  }
}

function* writtenBody(id: number, side: BodyPiece['side'], body: OpenBody): Generator<Buffer> {
  let offset = 0;
  for (const chunk of body[side]) {
    const batch = new RecordBatch(new ArrayBuffer(RecordBatch.roomForBody(chunk.length)));
    batch.addBody(id, side, offset, chunk, body.atMs);
    yield batch.written();
    offset += chunk.length;
  }
}

/** Many in one batch: each alone would be a write of its own. */
function* writtenMessages(pieces: Iterable<MessagePiece>): Generator<Buffer> {
  let batch: RecordBatch | undefined;
  for (const piece of pieces) {
    if (batch?.addMessage(piece)) continue;
    if (batch) yield batch.written();
    batch = new RecordBatch(new ArrayBuffer(Math.max(MESSAGES_BYTES, RecordBatch.roomForMessage(piece))));
    batch.addMessage(piece);
  }
  if (batch) yield batch.written();
}
