/** What passes over one direction of a WebSocket, as messages for people to read. An observer: it never throws and never holds bytes up. */
import { isUtf8 } from 'node:buffer';
import { FrameDecoder, FrameError, type FrameEvents, type FrameHead, OPCODE } from './frame-decoder.ts';
import { MessageInflater } from './inflate.ts';
import type { InflateAllowance } from './inflate-allowance.ts';

export interface TappedMessage {
  type: 'text' | 'binary' | 'ping' | 'pong' | 'close';
  /** Unmasked and inflated. Of a close: the reason. */
  data: Buffer;
  /** Payload bytes on the wire. */
  wireBytes: number;
  /** Frames that it came in. */
  fragments: number;
  compressed: boolean;
  /** Of a close; 1005 when it names none (RFC 6455 §7.1.5). */
  closeCode?: number;
}

export interface TapOptions {
  from: 'client' | 'server';
  /** See `agreesOnDeflate`. */
  deflate: boolean;
  /** Of a message, as it came and inflated; 16 MiB. */
  maxMessageBytes?: number;
  /** Of a message; 1024. */
  maxFragments?: number;
  allowance: InflateAllowance;
}

export interface TapEvents {
  onMessage(message: TappedMessage): void;
  /** What came is no WebSocket, or more than the tap takes; nothing is told after this. */
  onStopped(reason: string): void;
}

/** A data message whose frames are coming in. */
interface OpenMessage {
  type: 'text' | 'binary';
  compressed: boolean;
  chunks: Buffer[];
  wireBytes: number;
  fragments: number;
}

export class FrameTap implements FrameEvents {
  readonly #decoder: FrameDecoder;
  readonly #inflater: MessageInflater | null;
  readonly #allowance: InflateAllowance;
  readonly #events: TapEvents;
  readonly #maxMessageBytes: number;
  readonly #maxFragments: number;
  #message: OpenMessage | null = null;
  #control: Buffer[] = [];
  #stopped = false;

  constructor(options: TapOptions, events: TapEvents) {
    this.#maxMessageBytes = options.maxMessageBytes ?? 16 * 1024 ** 2;
    this.#maxFragments = options.maxFragments ?? 1024;
    this.#inflater = options.deflate ? new MessageInflater() : null;
    this.#allowance = options.allowance;
    this.#decoder = new FrameDecoder({ ...options, maxFrameBytes: this.#maxMessageBytes }, this);
    this.#events = events;
  }

  /** Also true after a close: what follows one means nothing (RFC 6455 §5.5.1). */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** False also when that is not known, or after a close. */
  get isBetweenFrames(): boolean {
    return !this.#stopped && this.#decoder.isBetweenFrames;
  }

  feed(chunk: Buffer): void {
    if (this.#stopped) return;
    try {
      this.#decoder.feed(chunk);
    } catch (error) {
      if (!this.#stopped) this.#stop(reasonOf(error));
    }
  }

  #stop(reason: string): void {
    this.#stopped = true;
    this.#message = null;
    this.#events.onStopped(reason);
  }

  onHead(head: FrameHead): void {
    if (this.#stopped || isControl(head)) return;
    const message = head.opcode === OPCODE.continuation ? this.#continued() : this.#begun(head);
    message.fragments++;
    message.wireBytes += head.length;
    if (message.fragments > this.#maxFragments)
      throw new FrameError(`a message comes in more than ${this.#maxFragments} frames`);
    if (message.wireBytes > this.#maxMessageBytes) throw new FrameError(tooLong(this.#maxMessageBytes));
  }

  #continued(): OpenMessage {
    if (!this.#message) throw new FrameError('a continuation of nothing (RFC 6455 §5.4)');
    return this.#message;
  }

  #begun({ opcode, rsv1 }: FrameHead): OpenMessage {
    if (this.#message) throw new FrameError('a new message in the middle of another (RFC 6455 §5.4)');
    const type = opcode === OPCODE.text ? 'text' : 'binary';
    this.#message = { type, compressed: rsv1, chunks: [], wireBytes: 0, fragments: 0 };
    return this.#message;
  }

  onPayload(head: FrameHead, chunk: Buffer): void {
    if (isControl(head)) this.#control.push(chunk);
    else this.#message?.chunks.push(chunk);
  }

  onEnd(head: FrameHead): void {
    if (this.#stopped) return;
    if (isControl(head)) this.#endControl(head);
    else if (head.fin && this.#message) this.#endMessage(this.#message);
  }

  #endControl({ opcode, length }: FrameHead): void {
    const payload = Buffer.concat(this.#control);
    this.#control = [];
    const frame = { wireBytes: length, fragments: 1, compressed: false };
    if (opcode !== OPCODE.close) {
      this.#events.onMessage({ ...frame, type: opcode === OPCODE.ping ? 'ping' : 'pong', data: payload });
      return;
    }
    const { code, reason } = readClose(payload);
    this.#stopped = true;
    this.#message = null;
    this.#events.onMessage({ ...frame, type: 'close', data: reason, closeCode: code });
  }

  #endMessage(message: OpenMessage): void {
    this.#message = null;
    const { type, compressed, wireBytes, fragments } = message;
    const payload = Buffer.concat(message.chunks);
    const data = compressed && this.#inflater ? this.#inflate(this.#inflater, payload) : payload;
    if (type === 'text' && !isUtf8(data)) throw new FrameError('a text message is not UTF-8 (RFC 6455 §8.1)');
    this.#events.onMessage({ type, data, wireBytes, fragments, compressed });
  }

  #inflate(inflater: MessageInflater, payload: Buffer): Buffer {
    const allowed = this.#allowance.most(payload.length);
    const most = Math.min(allowed, this.#maxMessageBytes);
    try {
      const data = inflater.inflate(payload, most);
      this.#allowance.spend(payload.length, data.length);
      return data;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
      this.#allowance.spend(payload.length, most);
      throw new FrameError(allowed < this.#maxMessageBytes ? GROWS_TOO_FAST : tooLong(this.#maxMessageBytes));
    }
  }
}

function isControl({ opcode }: FrameHead): boolean {
  return opcode >= OPCODE.close;
}

/** RFC 6455 §5.5.1. */
function readClose(payload: Buffer): { code: number; reason: Buffer } {
  if (payload.length === 0) return { code: 1005, reason: payload };
  if (payload.length === 1) throw new FrameError('half a close code (RFC 6455 §5.5.1)');
  const code = payload.readUInt16BE(0);
  const reason = payload.subarray(2);
  if (!maySend(code)) throw new FrameError(`close code ${code} may not be sent (RFC 6455 §7.4)`);
  if (!isUtf8(reason)) throw new FrameError('the reason of a close is not UTF-8 (RFC 6455 §5.5.1)');
  return { code, reason };
}

/** 1004 to 1006 and 1015 are for use inside an endpoint only. */
function maySend(code: number): boolean {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
}

const GROWS_TOO_FAST = 'compressed messages grow by more than can be looked at beside the traffic';

function tooLong(maxBytes: number): string {
  return `a message is longer than ${maxBytes} bytes`;
}

function reasonOf(error: unknown): string {
  if (error instanceof FrameError) return error.message;
  return `a compressed message cannot be inflated: ${(error as Error).message}`;
}
