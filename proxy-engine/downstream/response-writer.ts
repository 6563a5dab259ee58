import type { Socket } from 'node:net';
import { endsWithHead } from '../http/framing.ts';
import type { ParsedRequest } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import { forwardableText } from '../http/hop-by-hop.ts';
import { Outbox } from '../http/outbox.ts';

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
  /** The client holds its body back until it hears 100 (RFC 9110 §10.1.1). */
  isWaitedFor = false;
  /** Whether another request may follow. */
  keepAlive = true;

  constructor(socket: Socket) {
    this.#outbox = new Outbox(socket);
  }

  /** What comes next is the answer to that. */
  expect({ minor, method, keepAlive, expectContinue, framing }: ParsedRequest['head']): void {
    this.#minor = minor;
    this.#method = method;
    this.keepAlive = keepAlive;
    this.isWaitedFor = expectContinue && framing !== 'none';
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

  /** No 1xx may have a length (RFC 9110 §8.6). */
  inform(status: number, reason: string, headers: Headers): void {
    if (this.#minor === 0) return;
    if (status === 100) this.isWaitedFor = false;
    this.#outbox.text(headText(status, reason, forwardableText(headers, true)));
  }

  /** `length`: bytes of the body when known, -1: not known, 0: none. */
  head(status: number, reason: string, headers: Headers, length: number): void {
    this.#begun = true;
    const isBodyless = endsWithHead(status);
    const isUnbounded = length < 0 && !isBodyless && this.#method !== 'HEAD';
    this.#chunked = isUnbounded && this.#minor === 1;
    this.#endsByClosing = isUnbounded && this.#minor === 0;
    // The next bytes of one that was not asked for its body may be that body or another request: clients disagree.
    if (this.#endsByClosing || this.isWaitedFor) this.keepAlive = false;
    let lines = status === 101 ? headers.text() : forwardableText(headers, isBodyless && status !== 304);
    if (this.#chunked) lines += 'Transfer-Encoding: chunked\r\n';
    if (status !== 101) lines += this.#connection();
    if (status === 426) lines += upgradeText(headers);
    this.#outbox.text(headText(status, reason, lines));
  }

  #connection(): string {
    if (!this.keepAlive) return 'Connection: close\r\n';
    return this.#minor === 0 ? 'Connection: keep-alive\r\n' : '';
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

  /** All that was sent is out. */
  drained(): void {
    this.#outbox.tellSent();
  }
}

/** What the client has to ask for instead (RFC 9110 §15.5.22): of no use without its name. */
function upgradeText(headers: Headers): string {
  const upgrade = headers.getList('upgrade');
  return upgrade === undefined ? '' : `Upgrade: ${upgrade}\r\nConnection: Upgrade\r\n`;
}

function headText(status: number, reason: string, lines: string): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n`;
}
