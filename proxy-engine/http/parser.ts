/** HTTP/1.1 in both directions, sans-I/O: bytes in, events out. Knows no socket, no pool and no rule. */
import { ProxyError } from '../errors.ts';
import { BodyDecoder, type BodySink } from './body.ts';
import { type ParsedRequest, parseRequestHead, parseResponseHead } from './head.ts';
import { HeadBuffer } from './head-buffer.ts';
import type { ResponseHead } from './message.ts';

export interface ParserLimits {
  headBytes: number;
  headers: number;
}

export interface RequestEvents extends BodySink {
  onHead(request: ParsedRequest): void;
}

/** Reads requests from one connection. After a request has ended it stands still until `next()`: pipelined bytes wait. */
export class RequestParser {
  readonly #limits: ParserLimits;
  readonly #events: RequestEvents;
  readonly #head: HeadBuffer;
  #body: BodyDecoder | null = null;
  #waiting: Buffer[] = [];
  #held = false;

  constructor(limits: ParserLimits, events: RequestEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#head = new HeadBuffer(limits.headBytes);
  }

  /** Whether a request has begun and is not whole. */
  get inMessage(): boolean {
    return this.#head.started || (this.#body !== null && !this.#body.done);
  }

  /** Bytes that wait behind the current request. */
  get waitingBytes(): number {
    return this.#waiting.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Throws ProxyError when the bytes are not HTTP/1.1. */
  feed(data: Buffer): void {
    if (this.#held) {
      this.#waiting.push(data);
      return;
    }
    let rest = data;
    while (rest.length > 0 && !this.#held) rest = this.#body ? this.#feedBody(rest, this.#body) : this.#feedHead(rest);
    if (rest.length > 0) this.#waiting.push(rest);
  }

  /** The exchange is over: read the next request, of which a part may already be here. */
  next(): void {
    this.#held = false;
    this.#body = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length > 0) this.feed(waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting));
  }

  /** Everything not yet read, for a connection that stops being HTTP. */
  takeRest(): Buffer {
    const rest = Buffer.concat(this.#waiting);
    this.#waiting = [];
    return rest;
  }

  #feedHead(data: Buffer): Buffer {
    const taken = this.#head.take(data);
    if (!taken) return data.subarray(data.length);
    const request = parseRequestHead(taken.raw, this.#limits);
    this.#body = new BodyDecoder(request.head.framing, request.head.contentLength, this.#limits);
    this.#held = this.#body.done;
    this.#events.onHead(request);
    if (request.head.framing === 'none') this.#events.onEnd(null);
    return taken.rest;
  }

  #feedBody(data: Buffer, body: BodyDecoder): Buffer {
    const used = body.feed(data, this.#events);
    this.#held = body.done;
    return data.subarray(used);
  }
}

export interface ResponseEvents extends BodySink {
  /** 100, 102, 103 …: a final head follows. */
  onInformation(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** 101: what follows is no longer HTTP; `rest` has come already. */
  onUpgrade(head: ResponseHead, rest: Buffer): void;
}

/** Reads the response to one request; a new one for each. Errors are told as BAD_RESPONSE or TRUNCATED. */
export class ResponseParser {
  readonly #limits: ParserLimits;
  readonly #method: string;
  readonly #events: ResponseEvents;
  readonly #head: HeadBuffer;
  #body: BodyDecoder | null = null;
  #upgraded = false;

  constructor(limits: ParserLimits, method: string, events: ResponseEvents) {
    this.#limits = limits;
    this.#method = method;
    this.#events = events;
    this.#head = new HeadBuffer(limits.headBytes);
  }

  get done(): boolean {
    return this.#upgraded || (this.#body?.done ?? false);
  }

  /** Whether the final head has come. */
  get hasHead(): boolean {
    return this.#body !== null;
  }

  /** Returns the bytes after the response: a backend should send none. Throws ProxyError. */
  feed(data: Buffer): Buffer {
    try {
      let rest = data;
      while (rest.length > 0 && !this.done)
        rest = this.#body ? rest.subarray(this.#body.feed(rest, this.#events)) : this.#feedHead(rest);
      return rest;
    } catch (error) {
      if (error instanceof ProxyError)
        throw new ProxyError('BAD_RESPONSE', `the backend sent ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** The backend closed. Throws when the response is not whole. */
  close(): void {
    if (this.done) return;
    if (!this.#body) throw new ProxyError('RESET', 'the backend closed the connection before a whole response head');
    if (!this.#body.close(this.#events))
      throw new ProxyError('TRUNCATED', 'the backend closed in the middle of the body');
  }

  #feedHead(data: Buffer): Buffer {
    const taken = this.#head.take(data);
    if (!taken) return data.subarray(data.length);
    const head = parseResponseHead(taken.raw, this.#method, this.#limits);
    if (head.status === 101) {
      this.#upgraded = true;
      this.#events.onUpgrade(head, taken.rest);
      return taken.rest.subarray(taken.rest.length);
    }
    if (head.status < 200) {
      this.#events.onInformation(head);
      return taken.rest;
    }
    this.#body = new BodyDecoder(head.framing, head.contentLength, this.#limits);
    this.#events.onHead(head);
    if (head.framing === 'none') this.#events.onEnd(null);
    return taken.rest;
  }
}
