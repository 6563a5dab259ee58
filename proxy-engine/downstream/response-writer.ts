import type { Socket } from 'node:net';
import { endsWithHead } from '../http/framing.ts';
import type { ParsedRequest } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import { forwardable } from '../http/hop-by-hop.ts';
import { Outbox } from '../http/outbox.ts';
import { headText } from '../upstream/forward-headers.ts';

/** Zeros before chunk sizes of one response, at most. curl and Go take no size of more than sixteen digits. */
const MOST_ZEROS = 3;

/** What HTTP/1 says to a client: heads, the framing of bodies, and whether the connection goes on after them (RFC 9112 §6, §9.3). */
export class ResponseWriter {
  readonly #outbox: Outbox;
  #minor = 1;
  #method = '';
  #chunked = false;
  #endsByClosing = false;
  #begun = false;
  #zeros = 0;
  /** Whether another request may follow. */
  keepAlive = true;

  constructor(socket: Socket) {
    this.#outbox = new Outbox(socket);
  }

  /** What comes next is the answer to that. */
  expect({ minor, method, keepAlive }: ParsedRequest['head']): void {
    this.#minor = minor;
    this.#method = method;
    this.keepAlive = keepAlive;
    this.#endsByClosing = false;
    this.#begun = false;
    this.#zeros = 0;
  }

  /** What comes next is the answer to something that is no request; the last one. */
  expectLast(): void {
    this.#minor = 1;
    this.#method = '';
    this.keepAlive = false;
  }

  /** 1xx may come at any time before a response, any number of times (RFC 9110 §15.2); not to HTTP/1.0. */
  get mayInform(): boolean {
    return !this.#begun && this.#minor === 1;
  }

  /** The head of the response has been said. */
  get begun(): boolean {
    return this.#begun;
  }

  /** In the middle of a body whose next chunk, or end, may come at any time. */
  get isInChunks(): boolean {
    return this.#begun && this.#chunked;
  }

  /** The next chunk size begins with a zero, which changes nothing (RFC 9112 §7.1); false: there are as many as clients surely bear. */
  sayZero(): boolean {
    if (this.#zeros >= MOST_ZEROS) return false;
    this.#zeros++;
    this.#outbox.text('0');
    this.#outbox.send();
    return true;
  }

  /** The end of the connection is the end of the body (RFC 9112 §6.3): only a reset can tell that it was cut. */
  get endsByClosing(): boolean {
    return this.#endsByClosing;
  }

  inform(status: number, reason: string, headers: Headers): void {
    if (this.#minor === 0) return;
    const sent = forwardable(headers);
    sent.delete('content-length'); // which no 1xx may have (RFC 9110 §8.6)
    this.#outbox.text(headText(`HTTP/1.1 ${status} ${reason}`, sent));
  }

  /** `length`: bytes of the body when known, -1: not known, 0: none. */
  head(status: number, reason: string, headers: Headers, length: number): void {
    this.#begun = true;
    const sent = status === 101 ? headers.clone() : forwardable(headers);
    const isBodyless = endsWithHead(status);
    if (isBodyless && status !== 304) sent.delete('content-length');
    const isUnbounded = length < 0 && !isBodyless && this.#method !== 'HEAD';
    this.#chunked = isUnbounded && this.#minor === 1;
    this.#endsByClosing = isUnbounded && this.#minor === 0;
    if (this.#endsByClosing) this.keepAlive = false;
    if (this.#chunked) sent.append('Transfer-Encoding', 'chunked');
    if (status !== 101) this.#addConnection(sent);
    if (status === 426) addUpgrade(sent, headers);
    this.#outbox.text(headText(`HTTP/1.1 ${status} ${reason}`, sent));
  }

  #addConnection(headers: Headers): void {
    if (!this.keepAlive) headers.append('Connection', 'close');
    else if (this.#minor === 0) headers.append('Connection', 'keep-alive');
  }

  body(chunk: Buffer): void {
    if (this.#chunked) this.#outbox.chunk(chunk);
    else this.#outbox.bytes(chunk);
  }

  end(trailers: Headers | null): void {
    if (this.#chunked) this.#outbox.text(`0\r\n${trailers?.text() ?? ''}\r\n`);
    this.#outbox.flush();
  }

  /** Sends what was said, at the latest before the next round of the event loop; false: the client is slow, wait for drain. */
  flush(): boolean {
    return this.#outbox.flush();
  }

  /** Sends what was said now. */
  send(): void {
    this.#outbox.send();
  }
}

/** What the client has to ask for instead (RFC 9110 §15.5.22): of no use without its name. */
function addUpgrade(sent: Headers, headers: Headers): void {
  const upgrade = headers.getList('upgrade');
  if (upgrade === undefined) return;
  sent.append('Upgrade', upgrade);
  sent.append('Connection', 'Upgrade');
}
