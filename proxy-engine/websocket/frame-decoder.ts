/** Bytes of one direction of a WebSocket to frames (RFC 6455 §5.2). Sans-I/O; looks at bytes that are relayed anyway and leaves them as they are. */

export const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

export interface FrameHead {
  fin: boolean;
  /** Of permessage-deflate (RFC 7692 §6). */
  rsv1: boolean;
  opcode: Opcode;
  /** Payload bytes. */
  length: number;
}

export interface FrameEvents {
  onHead(head: FrameHead): void;
  /** Unmasked, the observer's to keep. */
  onPayload(head: FrameHead, chunk: Buffer): void;
  onEnd(head: FrameHead): void;
}

/** What is wrong with the frames, with its section. */
export class FrameError extends Error {}

export interface DecoderOptions {
  /** Who sends: a client masks its frames, a server does not (§5.1). */
  from: 'client' | 'server';
  /** Whether permessage-deflate was agreed on. */
  deflate: boolean;
  maxFrameBytes: number;
}

const MAX_CONTROL_BYTES = 125;
const MAX_HEAD_BYTES = 14;
const OPCODES: ReadonlySet<number> = new Set(Object.values(OPCODE));

export class FrameDecoder {
  readonly #options: DecoderOptions;
  readonly #events: FrameEvents;
  readonly #head = Buffer.alloc(MAX_HEAD_BYTES);
  #headBytes = 0;
  /** Of the frame whose payload is coming in. */
  #frame: FrameHead | null = null;
  #received = 0;

  constructor(options: DecoderOptions, events: FrameEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** Whether all that came is whole frames. */
  get isBetweenFrames(): boolean {
    return this.#frame === null && this.#headBytes === 0;
  }

  /** Throws `FrameError`; nothing can be decoded after one. */
  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#frame ? this.#takePayload(this.#frame, chunk, at) : this.#takeHead(chunk, at);
  }

  #takeHead(chunk: Buffer, at: number): number {
    this.#head[this.#headBytes++] = chunk[at] ?? 0;
    if (this.#headBytes === headLength(this.#head, this.#headBytes)) this.#beginFrame();
    return at + 1;
  }

  #beginFrame(): void {
    const frame = readHead(this.#head, this.#options);
    this.#headBytes = 0;
    this.#received = 0;
    this.#events.onHead(frame);
    if (frame.length > 0) this.#frame = frame;
    else this.#events.onEnd(frame);
  }

  #takePayload(frame: FrameHead, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + frame.length - this.#received);
    const payload = Buffer.from(chunk.subarray(at, end));
    if (this.#options.from === 'client') unmask(payload, this.#mask(frame), this.#received);
    this.#received += payload.length;
    this.#events.onPayload(frame, payload);
    if (this.#received === frame.length) {
      this.#frame = null;
      this.#events.onEnd(frame);
    }
    return end;
  }

  #mask(frame: FrameHead): Buffer {
    const start = 2 + lengthBytes(frame.length > 65_535 ? 127 : frame.length > MAX_CONTROL_BYTES ? 126 : 0);
    return this.#head.subarray(start, start + 4);
  }
}

/** Bytes that follow the second one to tell the length. */
function lengthBytes(shortLength: number): number {
  return shortLength === 127 ? 8 : shortLength === 126 ? 2 : 0;
}

/** How long the head is, as far as its first bytes tell. */
function headLength(head: Buffer, received: number): number {
  if (received < 2) return 2;
  const second = head.readUInt8(1);
  return 2 + lengthBytes(second & 0x7f) + (second & 0x80 ? 4 : 0);
}

function readHead(head: Buffer, { from, deflate, maxFrameBytes }: DecoderOptions): FrameHead {
  const [first, second] = [head.readUInt8(0), head.readUInt8(1)];
  const frame = {
    fin: (first & 0x80) !== 0,
    rsv1: (first & 0x40) !== 0,
    opcode: readOpcode(first),
    length: readLength(head),
  };
  const isControl = frame.opcode >= OPCODE.close;
  if ((first & 0x30) !== 0) throw new FrameError('a reserved bit is set (RFC 6455 §5.2)');
  if (frame.rsv1 && (!deflate || isControl || frame.opcode === OPCODE.continuation))
    throw new FrameError(
      deflate
        ? 'the bit for compression stands where none can be (RFC 7692 §6.1)'
        : 'compressed, though that was not agreed on (RFC 7692 §6)',
    );
  if (((second & 0x80) !== 0) !== (from === 'client'))
    throw new FrameError(
      from === 'client'
        ? 'a client’s frame is not masked (RFC 6455 §5.1)'
        : 'a server’s frame is masked (RFC 6455 §5.1)',
    );
  if (isControl && !frame.fin) throw new FrameError('a control frame is fragmented (RFC 6455 §5.5)');
  if (isControl && frame.length > MAX_CONTROL_BYTES)
    throw new FrameError('a control frame is longer than 125 bytes (RFC 6455 §5.5)');
  if (frame.length > maxFrameBytes) throw new FrameError(`a frame is longer than ${maxFrameBytes} bytes`);
  return frame;
}

function readOpcode(first: number): Opcode {
  const opcode = first & 0x0f;
  if (!OPCODES.has(opcode)) throw new FrameError(`opcode 0x${opcode.toString(16)} is not defined (RFC 6455 §5.2)`);
  return opcode as Opcode;
}

function readLength(head: Buffer): number {
  const short = head.readUInt8(1) & 0x7f;
  if (short === 126) return head.readUInt16BE(2);
  return short === 127 ? Number(head.readBigUInt64BE(2)) : short;
}

/** §5.3; `offset` is where `payload` stands in its frame. */
function unmask(payload: Buffer, mask: Buffer, offset: number): void {
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[(offset + i) & 3] ?? 0);
}
