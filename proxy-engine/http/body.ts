/** Body decoding by framing: bytes in, payload out (RFC 9112 §6, §7.1). Sans-I/O, strict. */
import { ProxyError } from '../errors.ts';
import { CR, LF } from './chars.ts';
import { type FieldLimits, malformed, parseFields } from './fields.ts';
import { Headers } from './headers.ts';
import type { Framing } from './message.ts';

export interface BodySink {
  /** A piece of the payload. Its memory is read into again once it was sent (`read-buffers`): who keeps it says so. */
  onBody(chunk: Buffer): void;
  /** The body is complete. `trailers`: null when there were none. */
  onEnd(trailers: Headers | null): void;
}

type ChunkState = 'size' | 'data' | 'data-end' | 'trailers';

/** Longest chunk-size line (extensions included) and longest trailer section, bytes. */
const MAX_SIZE_LINE = 4096;
const MAX_TRAILERS = 16 * 1024;
/** Names that a trailer may not carry: framing, routing, authentication (RFC 9110 §6.5.1). */
const FORBIDDEN_TRAILER =
  /^(content-length|transfer-encoding|host|trailer|te|connection|content-encoding|content-type|content-range|authorization|proxy-.*|set-cookie|cookie|cache-control|expect|max-forwards|range)$/i;

/** Size and extensions (RFC 9112 §7.1.1) without the white space that may stand in these: llhttp refuses it, and nobody sends it. */
const CHUNK_HEAD =
  /^([0-9a-fA-F]{1,16})(?:;[\w!#$%&'*+\-.^`|~]+(?:=(?:[\w!#$%&'*+\-.^`|~]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*\r\n$/;

/** Reads one body after the other; a connection needs only one of these. */
export class BodyDecoder {
  readonly #limits: FieldLimits;
  #framing: Framing = 'none';
  #remaining = 0;
  #state: ChunkState = 'size';
  #line = '';
  #done = true;

  constructor(limits: FieldLimits) {
    this.#limits = limits;
  }

  /** A body begins, framed like this. */
  start(framing: Framing, contentLength: number): void {
    this.#framing = framing;
    this.#remaining = framing === 'length' ? contentLength : 0;
    this.#state = 'size';
    this.#line = '';
    this.#done = framing === 'none';
  }

  get done(): boolean {
    return this.#done;
  }

  /** Decodes from `data`; returns how many bytes belonged to this body. */
  feed(data: Buffer, sink: BodySink): number {
    if (this.#framing === 'chunked') return this.#feedChunked(data, sink);
    if (this.#framing === 'close') {
      if (data.length > 0) sink.onBody(data);
      return data.length;
    }
    const take = Math.min(this.#remaining, data.length);
    this.#remaining -= take;
    if (take > 0) sink.onBody(take === data.length ? data : data.subarray(0, take));
    if (this.#remaining === 0) this.#finish(null, sink);
    return take;
  }

  /** The connection ended. True: that was a proper end. */
  close(sink: BodySink): boolean {
    if (this.#done) return true;
    if (this.#framing !== 'close') return false;
    this.#finish(null, sink);
    return true;
  }

  #finish(trailers: Headers | null, sink: BodySink): void {
    if (this.#done) return;
    this.#done = true;
    sink.onEnd(trailers);
  }

  #feedChunked(data: Buffer, sink: BodySink): number {
    let at = 0;
    while (at < data.length && !this.#done) {
      switch (this.#state) {
        case 'size':
          at = this.#readSize(data, at);
          break;
        case 'data': {
          const end = Math.min(data.length, at + this.#remaining);
          this.#remaining -= end - at;
          sink.onBody(data.subarray(at, end));
          at = end;
          if (this.#remaining === 0) this.#state = 'data-end';
          break;
        }
        case 'data-end':
          at = this.#readDataEnd(data, at);
          break;
        case 'trailers':
          at = this.#readTrailers(data, at, sink);
          break;
      }
    }
    return at;
  }

  #readSize(data: Buffer, from: number): number {
    const lf = data.indexOf(LF, from);
    const end = lf < 0 ? data.length : lf + 1;
    this.#line += data.toString('latin1', from, end);
    if (this.#line.length > MAX_SIZE_LINE) throw malformed('a chunk-size line that is too long', '9112 §7.1.1');
    if (lf < 0) return end;
    // Size, then extensions, which are read over and never forwarded.
    const match = CHUNK_HEAD.exec(this.#line);
    const size = match ? Number.parseInt(match[1] as string, 16) : Number.NaN;
    if (!Number.isSafeInteger(size)) throw malformed('a bad chunk size', '9112 §7.1');
    this.#line = '';
    this.#remaining = size;
    this.#state = size === 0 ? 'trailers' : 'data';
    return end;
  }

  #readDataEnd(data: Buffer, from: number): number {
    let at = from;
    while (at < data.length && this.#line.length < 2) this.#line += String.fromCharCode(data[at++] as number);
    if (!'\r\n'.startsWith(this.#line)) throw malformed('chunk data that does not end with CRLF', '9112 §7.1');
    if (this.#line.length === 2) {
      this.#line = '';
      this.#state = 'size';
    }
    return at;
  }

  #readTrailers(data: Buffer, from: number, sink: BodySink): number {
    let at = from;
    while (at < data.length) {
      const lf = data.indexOf(LF, at);
      const end = lf < 0 ? data.length : lf + 1;
      this.#line += data.toString('latin1', at, end);
      at = end;
      if (this.#line.length > MAX_TRAILERS) throw new ProxyError('HEAD_TOO_LARGE', 'the trailers are too large');
      if (lf < 0) break;
      if (this.#line.charCodeAt(this.#line.length - 2) !== CR)
        throw malformed('a trailer line ends in a bare LF', '9112 §2.2');
      if (this.#line === '\r\n' || this.#line.endsWith('\r\n\r\n')) {
        this.#finish(readTrailers(this.#line, this.#limits), sink);
        break;
      }
    }
    return at;
  }
}

function readTrailers(text: string, limits: FieldLimits): Headers | null {
  if (text === '\r\n') return null;
  return withoutForbidden(parseFields(text, 0, limits));
}

/** Those that may stand behind a body; null: none. Takes `flat` over. */
export function allowedTrailers(flat: string[]): Headers | null {
  return withoutForbidden(new Headers(flat));
}

function withoutForbidden(trailers: Headers): Headers | null {
  trailers.deleteWhere((name) => FORBIDDEN_TRAILER.test(name));
  return trailers.size === 0 ? null : trailers;
}
