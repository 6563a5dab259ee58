/** Many messages in little memory, in order: they come at the end and leave from the front. */
import {
  dataBytesAt,
  type KeptMessage,
  lengthOfMessageAt,
  messageAt,
  roomForMessage,
  writeMessage,
} from './message-bytes.ts';

const LEAST_CHUNK_BYTES = 1024;
const MOST_CHUNK_BYTES = 64 * 1024;

interface Chunk {
  bytes: Buffer;
  /** Where the first message that is still there begins, and where the next one may. */
  start: number;
  end: number;
  count: number;
}

export class MessageQueue {
  readonly #chunks: Chunk[] = [];
  length = 0;
  /** Of their data. */
  dataBytes = 0;
  /** Of memory. */
  heldBytes = 0;

  push(message: KeptMessage): void {
    const chunk = this.#chunkFor(roomForMessage(message.data));
    chunk.end = writeMessage(chunk.bytes, chunk.end, message);
    chunk.count++;
    this.length++;
    this.dataBytes += message.data.length;
  }

  /** The first `count` leave. */
  drop(count: number): void {
    for (let left = Math.min(count, this.length); left > 0; left--) this.#dropFirst();
  }

  /** Gives back the memory in front of the first one, and behind the last when both lie together. */
  trim(): void {
    const [chunk] = this.#chunks;
    if (!chunk) return;
    const bytes = Buffer.allocUnsafeSlow(chunk.end - chunk.start);
    chunk.bytes.copy(bytes, 0, chunk.start, chunk.end);
    this.heldBytes += bytes.length - chunk.bytes.length;
    this.#chunks[0] = { bytes, start: 0, end: bytes.length, count: chunk.count };
  }

  /** Without the first `skip`. */
  *from(skip: number): Generator<KeptMessage> {
    let left = Math.max(0, skip);
    for (const { bytes, start, end, count } of this.#chunks) {
      if (left >= count) left -= count;
      else {
        yield* messagesIn(bytes.subarray(start, end), left);
        left = 0;
      }
    }
  }

  /** All of them as bytes; views, until the next change. */
  get parts(): Buffer[] {
    return this.#chunks.map(({ bytes, start, end }) => bytes.subarray(start, end));
  }

  #chunkFor(room: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last && last.end + room <= last.bytes.length) return last;
    // The more there is, the larger: a socket with few messages takes little.
    const size = Math.max(room, Math.min(MOST_CHUNK_BYTES, Math.max(LEAST_CHUNK_BYTES, this.heldBytes)));
    const chunk = { bytes: Buffer.allocUnsafeSlow(size), start: 0, end: 0, count: 0 };
    this.#chunks.push(chunk);
    this.heldBytes += size;
    return chunk;
  }

  #dropFirst(): void {
    const chunk = this.#chunks[0] as Chunk;
    this.dataBytes -= dataBytesAt(chunk.bytes, chunk.start);
    chunk.start += lengthOfMessageAt(chunk.bytes, chunk.start);
    chunk.count--;
    this.length--;
    if (chunk.count > 0) return;
    this.#chunks.shift();
    this.heldBytes -= chunk.bytes.length;
  }
}

/** Without the first `skip`. */
export function* messagesIn(bytes: Buffer, skip: number): Generator<KeptMessage> {
  let left = skip;
  for (let at = 0; at < bytes.length; at += lengthOfMessageAt(bytes, at)) if (left-- <= 0) yield messageAt(bytes, at);
}
