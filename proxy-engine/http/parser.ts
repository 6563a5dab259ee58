/** HTTP/1.1 in both directions, sans-I/O: bytes in, events out. Knows no socket, no pool and no rule. */
import { ProxyError } from '../errors.ts';
import { BodyDecoder, type BodySink } from './body.ts';
import { type ParsedRequest, parseRequestHead, parseResponseHead } from './head.ts';
import { HeadBuffer } from './head-buffer.ts';
import type { ResponseHead } from './message.ts';
import { isKept } from './read-buffers.ts';

const NOTHING = Buffer.alloc(0);

export interface ParserLimits {
  headBytes: number;
  headers: number;
}

export interface RequestEvents extends BodySink {
  onHead(request: ParsedRequest): void;
}

/** Reads requests from one connection. After each request it stops until `next()`: pipelined bytes wait meanwhile. */
export class RequestParser {
  readonly #limits: ParserLimits;
  readonly #events: RequestEvents;
  readonly #head: HeadBuffer;
  readonly #body: BodyDecoder;
  #inBody = false;
  #waiting: Buffer[] = [];
  #held = false;

  constructor(limits: ParserLimits, events: RequestEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#head = new HeadBuffer(limits.headBytes);
    this.#body = new BodyDecoder(limits);
  }

  /** Whether a request has begun and has not come whole. Empty lines before its head do not count. */
  get inMessage(): boolean {
    return this.#head.started || !this.#body.done;
  }

  /** Whether any byte of the next request has come, be it of an empty line before its head (RFC 9112 §2.2). */
  get begun(): boolean {
    return this.inMessage || this.#head.begun;
  }

  /** Bytes that wait behind the current request. */
  get waitingBytes(): number {
    return this.#waiting.length === 0 ? 0 : this.#waiting.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Throws ProxyError when the bytes are not HTTP/1.1. */
  feed(data: Buffer): void {
    if (this.#held) {
      this.#wait(data);
      return;
    }
    let rest = data;
    while (rest.length > 0 && !this.#held) rest = this.#inBody ? this.#feedBody(rest) : this.#feedHead(rest);
    if (rest.length > 0) this.#wait(rest);
  }

  #wait(data: Buffer): void {
    isKept(data);
    this.#waiting.push(data);
  }

  /** The exchange is over: read the next request, of which a part may already be here. */
  next(): void {
    this.#held = false;
    this.#inBody = false;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.feed(waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting));
  }

  /** Everything not yet read, for a connection that stops being HTTP. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.#waiting);
    this.#waiting = [];
    return rest;
  }

  #feedHead(data: Buffer): Buffer {
    const taken = this.#head.take(data);
    if (!taken) return NOTHING;
    const request = parseRequestHead(taken.raw, this.#limits);
    this.#body.start(request.head.framing, request.head.contentLength);
    this.#inBody = true;
    this.#held = this.#body.done;
    this.#events.onHead(request);
    if (request.head.framing === 'none') this.#events.onEnd(null);
    return taken.rest;
  }

  #feedBody(data: Buffer): Buffer {
    const used = this.#body.feed(data, this.#events);
    // When the answer was out before the body ended, the end of the body has called `next()` already: nothing is held then.
    this.#held = this.#inBody && this.#body.done;
    return used === data.length ? NOTHING : data.subarray(used);
  }
}

export interface ResponseEvents extends BodySink {
  /** 100, 102, 103 …: a final head follows. */
  onInformation(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** 101: what follows is no longer HTTP; `rest` has come already. */
  onUpgrade(head: ResponseHead, rest: Buffer): void;
}

/** Reads the responses of one connection, one for each `expect()`. Errors are told as BAD_RESPONSE or TRUNCATED. */
export class ResponseParser {
  readonly #limits: ParserLimits;
  readonly #events: ResponseEvents;
  readonly #head: HeadBuffer;
  readonly #body: BodyDecoder;
  #method = '';
  #inBody = false;
  #upgraded = false;

  constructor(limits: ParserLimits, events: ResponseEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#head = new HeadBuffer(limits.headBytes);
    this.#body = new BodyDecoder(limits);
  }

  /** What comes next is the response to a request of that method. */
  expect(method: string): void {
    this.#method = method;
    this.#inBody = false;
  }

  /** Whether the response is whole. */
  get done(): boolean {
    return this.#upgraded || (this.#inBody && this.#body.done);
  }

  /** Returns the bytes after the response: a backend should send none. Throws ProxyError. */
  feed(data: Buffer): Buffer {
    try {
      let rest = data;
      while (rest.length > 0 && !this.done) rest = this.#inBody ? this.#feedBody(rest) : this.#feedHead(rest);
      return rest;
    } catch (error) {
      if (error instanceof ProxyError)
        throw new ProxyError('BAD_RESPONSE', `the backend sent no valid response: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** The backend closed. Throws when the response is not whole. */
  close(): void {
    if (this.done) return;
    if (!this.#inBody) throw new ProxyError('RESET', 'the backend closed the connection before a whole response head');
    if (!this.#body.close(this.#events))
      throw new ProxyError('TRUNCATED', 'the backend closed in the middle of the body');
  }

  #feedHead(data: Buffer): Buffer {
    const taken = this.#head.take(data);
    if (!taken) return NOTHING;
    const head = parseResponseHead(taken.raw, this.#method, this.#limits);
    if (head.status === 101) {
      this.#upgraded = true;
      isKept(taken.rest);
      this.#events.onUpgrade(head, taken.rest);
      return NOTHING;
    }
    if (head.status < 200) {
      this.#events.onInformation(head);
      return taken.rest;
    }
    this.#body.start(head.framing, head.contentLength);
    this.#inBody = true;
    this.#events.onHead(head);
    if (head.framing === 'none') this.#events.onEnd(null);
    return taken.rest;
  }

  #feedBody(data: Buffer): Buffer {
    const used = this.#body.feed(data, this.#events);
    return used === data.length ? NOTHING : data.subarray(used);
  }
}
