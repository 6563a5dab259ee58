import { ProxyError } from '../errors.ts';
import { CR, LF, SP, TOKEN } from './chars.ts';
import { toKeep } from './read-buffers.ts';

const NOTHING = Buffer.alloc(0);
const VERSION = Buffer.from('HTTP/');
const NO_START_LINE = 'it begins with no start line of HTTP/1 (RFC 9112 §2.1)';
const SLASH = 0x2f;
/** Of a method, and of what stands before the `/` of a version. A CR may be the first half of an empty line. */
const ENDS_FIRST_WORD: ReadonlySet<number> = new Set([SP, CR, SLASH]);
/** Of the target of a request: `/…`, `*`, `http…`, `ws…`. CONNECT has another one. */
const BEGINS_TARGET: ReadonlySet<number> = new Set(Buffer.from('/*hHwW'));
const CONNECT = Buffer.from('CONNECT ');
const END = Buffer.from('\r\n\r\n');

/**
 * Collects bytes until a head is whole. The usual case, a head that is all of a chunk, copies nothing.
 * A line that ends in a bare LF or CR is refused at once: such a head might never seem to end (RFC 9112 §2.2).
 */
export class HeadBuffer {
  #pending: Buffer | null = null;
  /** Bytes of empty lines since the last head. */
  #skippedBytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a part of a head is waiting. */
  get started(): boolean {
    return this.#pending !== null;
  }

  /** Whether a byte of it has come, be it an empty line before it. */
  get begun(): boolean {
    return this.#pending !== null || this.#skippedBytes > 0;
  }

  /** The head at the start of what came so far and the bytes after it; null: more is needed. */
  take(chunk: Buffer): { raw: Buffer; rest: Buffer } | null {
    const before = this.#pending?.length ?? 0;
    const data = this.#pending ? Buffer.concat([this.#pending, chunk]) : chunk;
    // One byte that waits may be the first half of an empty line.
    const start = before <= 1 ? skipEmptyLines(data) : 0;
    this.#skippedBytes += start;
    if (this.#skippedBytes > this.#maxBytes) throw new ProxyError('BAD_REQUEST', 'only empty lines (RFC 9112 §2.2)');
    const at = data.indexOf(END, Math.max(start, before - 3));
    if ((at < 0 ? data.length : at + 4) - start > this.#maxBytes) throw tooLarge(data, start, this.#maxBytes);
    if (at < 0) {
      refuseBareLineEnds(data, start);
      refuseOtherStart(data, start);
      this.#pending = start === data.length ? null : toKeep(data.subarray(start));
      return null;
    }
    this.#pending = null;
    this.#skippedBytes = 0;
    // Without a body the head is all there is: nothing to cut.
    const end = at + 4;
    const raw = start === 0 && end === data.length ? data : data.subarray(start, end);
    return { raw: toKeep(raw), rest: end === data.length ? NOTHING : data.subarray(end) };
  }
}

/** Empty lines before a start line are skipped (RFC 9112 §2.2). */
function skipEmptyLines(data: Buffer): number {
  let i = 0;
  while (data[i] === CR && data[i + 1] === LF) i += 2;
  return i;
}

function refuseBareLineEnds(data: Buffer, start: number): void {
  for (let i = data.indexOf(CR, start); i >= 0 && i + 1 < data.length; i = data.indexOf(CR, i + 1))
    if (data[i + 1] !== LF) throw new ProxyError('BAD_REQUEST', 'a bare CR (RFC 9112 §2.2)');
  for (let i = data.indexOf(LF, start); i >= 0; i = data.indexOf(LF, i + 1))
    if (i === 0 || data[i - 1] !== CR) throw new ProxyError('BAD_REQUEST', 'a line ends in a bare LF (RFC 9112 §2.2)');
}

/**
 * What begins with neither a version nor a method before a target, and a first line without a version, will not become a head,
 * however long it is waited for (RFC 9112 §2.1): other protocols are told so at once.
 */
function refuseOtherStart(data: Buffer, start: number): void {
  const lineEnd = data.indexOf(LF, start);
  const version = data.indexOf(VERSION, start);
  if (lineEnd >= 0 && (version < 0 || version > lineEnd)) throw new ProxyError('BAD_REQUEST', NO_START_LINE);
  let i = start;
  for (; i < data.length && !ENDS_FIRST_WORD.has(data[i] as number); i++)
    if (TOKEN[data[i] as number] !== 1) throw new ProxyError('BAD_REQUEST', NO_START_LINE);
  if (data[i] !== SP || i + 1 === data.length || BEGINS_TARGET.has(data[i + 1] as number)) return;
  if (!data.subarray(start, i + 1).equals(CONNECT)) throw new ProxyError('BAD_REQUEST', NO_START_LINE);
}

function tooLarge(data: Buffer, start: number, maxBytes: number): ProxyError {
  const lineEnd = data.indexOf(LF, start);
  if (lineEnd < 0 || lineEnd - start > maxBytes)
    return new ProxyError('TARGET_TOO_LONG', `the request line is longer than ${maxBytes} bytes (RFC 9110 §15.5.15)`);
  return new ProxyError('HEAD_TOO_LARGE', `the head is larger than ${maxBytes} bytes (RFC 6585 §5)`);
}
