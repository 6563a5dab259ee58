/** Replaces text in a body while it passes: it is decoded, searched and sent on piece by piece, and never held whole. */
import { isUtf8 } from 'node:buffer';
import { Transform, type TransformCallback } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { ProxyError } from '../errors.ts';
import type { StreamReplacement } from '../match/stream-replacement.ts';

export interface BodyStreamOptions {
  /** Takes the content coding off; null: there is none. */
  decoder: Transform | null;
  /** One after the other, each on what the one before it made. */
  replacements: readonly StreamReplacement[];
  /** Decoded bytes after which the rest goes on as it is; Infinity: for ever. */
  maxBytes: number;
}

export interface BodyStreamEvents {
  onBody(chunk: Buffer): void;
  /** It takes more, after `write` gave false. */
  onRoom(): void;
  onEnd(): void;
  /** Nothing more is replaced; the rest goes on as it came. */
  onLeftAlone(why: string): void;
  /** What came cannot be decoded: there is no rest that could go on. */
  onFailed(problem: string): void;
}

/** Whose bodies are edited. */
export interface BodyOwner {
  /** All is out of a response that was edited or paced, its end too. */
  onResponseSent(): void;
  /** The coding of a body is broken, and what came before has gone on decoded. */
  onBodyBroken(error: ProxyError): void;
}

/** What the exchange says of `onFailed`. */
export function undecodable(problem: string): string {
  return `the body cannot be decoded, to be edited: ${problem}`;
}

export class BodyStream {
  readonly #input: Transform;
  readonly #edit: TextEdit;
  #events: BodyStreamEvents | null = null;

  constructor(options: BodyStreamOptions) {
    this.#edit = new TextEdit(options, (why) => this.#events?.onLeftAlone(why));
    const { decoder } = options;
    this.#input = decoder ?? this.#edit;
    decoder?.pipe(this.#edit);
    for (const part of [this.#input, this.#edit]) part.on('error', (error) => this.#events?.onFailed(error.message));
    this.#input.on('drain', () => this.#events?.onRoom());
  }

  /** Who hears what comes out; before the first `write`. */
  start(events: BodyStreamEvents): void {
    this.#events = events;
    this.#edit.on('data', (chunk: Buffer) => this.#events?.onBody(chunk));
    this.#edit.on('end', () => this.#events?.onEnd());
  }

  /** False: enough waits; write no more until `onRoom`. */
  write(chunk: Buffer): boolean {
    return this.#input.write(chunk);
  }

  end(): void {
    this.#input.end();
  }

  /** Nothing comes out until `resume`. */
  pause(): void {
    this.#edit.pause();
  }

  resume(): void {
    this.#edit.resume();
  }

  /** What still waits is dropped, and nobody hears of it. */
  destroy(): void {
    this.#events = null;
    this.#input.destroy();
    this.#edit.destroy();
  }
}

/** Bytes that are searched at once. */
const PIECE_BYTES = 8 * 1024;
/** Milliseconds of work after which other exchanges get their turn. */
const TURN_MS = 5;
const NO_BYTES: Buffer = Buffer.alloc(0);

class TextEdit extends Transform {
  readonly #options: BodyStreamOptions;
  readonly #onLeftAlone: (why: string) => void;
  /** The beginning of a character whose end has not come. */
  #halfCharacter = NO_BYTES;
  #bytes = 0;
  #leavesAlone = false;

  constructor(options: BodyStreamOptions, onLeftAlone: (why: string) => void) {
    super();
    this.#options = options;
    this.#onLeftAlone = onLeftAlone;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    if (this.#leavesAlone) done(null, chunk);
    else
      this.#take(chunk).then(
        () => done(),
        (error: Error) => done(error),
      );
  }

  override _flush(done: TransformCallback): void {
    if (this.#halfCharacter.length > 0) this.#leaveAlone(NO_BYTES, 'it is not text');
    else if (!this.#leavesAlone) this.#pass(this.#replaceLast());
    done();
  }

  async #take(chunk: Buffer): Promise<void> {
    let turnStart = performance.now();
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      if (this.#leavesAlone) this.push(piece);
      else this.#edit(piece);
      if (performance.now() - turnStart < TURN_MS) continue;
      await setImmediate();
      turnStart = performance.now();
    }
  }

  #edit(piece: Buffer): void {
    const { maxBytes } = this.#options;
    this.#bytes += piece.length;
    const bytes = this.#halfCharacter.length > 0 ? Buffer.concat([this.#halfCharacter, piece]) : piece;
    const cut = lastCharacterEnd(bytes);
    const whole = bytes.subarray(0, cut);
    if (this.#bytes > maxBytes) this.#leaveAlone(piece, `it is longer than ${maxBytes} bytes`);
    else if (!isUtf8(whole)) this.#leaveAlone(piece, 'it is not text');
    else {
      this.#halfCharacter = bytes.subarray(cut);
      this.#pass(this.#replace(whole.toString('utf8')));
    }
  }

  #replace(piece: string): string {
    return this.#options.replacements.reduce((text, replacement) => replacement.push(text), piece);
  }

  #replaceLast(): string {
    return this.#options.replacements.reduce((text, one) => one.push(text) + one.end(), '');
  }

  #leaveAlone(piece: Buffer, why: string): void {
    this.#leavesAlone = true;
    // What came first is what the last of them keeps.
    this.#pass(this.#options.replacements.map((replacement) => replacement.rest()).reduceRight((a, b) => a + b, ''));
    for (const bytes of [this.#halfCharacter, piece]) if (bytes.length > 0) this.push(bytes);
    this.#halfCharacter = NO_BYTES;
    this.#onLeftAlone(why);
  }

  #pass(text: string): void {
    if (text !== '') this.push(Buffer.from(text, 'utf8'));
  }
}

/** Where the last whole character of UTF-8 ends: a character has four bytes at most, and its first says how many. */
function lastCharacterEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
