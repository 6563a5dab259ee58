import type { Duplex } from 'node:stream';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import type { Headers } from '../http/headers.ts';
import type { ResponseEvents } from '../http/parser.ts';
import type { ForwardContext } from './forward-headers.ts';

/** What a backend must not be late with: the connection, the head of its response, the next bytes of the body. */
export type WaitsFor = 'connect' | 'head' | 'idle';

/** The backend's side of one attempt, whatever its protocol: what the attempt may say to the backend. The counterpart of `ClientStream`. */
export interface BackendStream extends Deadline {
  readonly protocol: 'HTTP/1.1' | 'HTTP/2';
  /** Exchanges that its connection has carried before this one. */
  readonly uses: number;
  /** The backend has let through so much of the request that it must have looked at it: it can no longer be refused unseen. */
  readonly isTaken: boolean;
  /** What the backend must do before `deadlineAt`, and how many milliseconds it had: for the error. */
  waitsFor: WaitsFor;
  waitMs: number;
  /** Says the head of `exchange.outgoing` and is ready for its response; gives the head as text for the record. */
  request(exchange: LiveExchange, context: ForwardContext): string;
  /** A piece of the body, framed as `exchange.outgoing.framing` says. */
  body(chunk: Buffer): void;
  end(trailers: Headers | null): void;
  /** Sends what was said since the last flush; false: the backend is slow, wait for `onUpstreamDrain`. */
  flush(): boolean;
  /** No more of the response for now. */
  pause(): void;
  resume(): void;
  /** After 101: the connection is no longer HTTP. */
  detach(): Duplex;
  /** The attempt is over. `keep`: both sides ended well, the connection may carry another exchange. */
  release(keep: boolean): void;
}

/** From `now` on `stream` fails unless that comes within `ms` milliseconds; 0: it may take for ever. */
export function waitFor(stream: BackendStream, waitsFor: WaitsFor, now: number, ms: number): void {
  stream.waitsFor = waitsFor;
  stream.waitMs = ms;
  stream.deadlineAt = ms === 0 ? Number.POSITIVE_INFINITY : now + ms;
}

/** The error of a stream whose deadline has passed. */
export function timeoutError({ waitsFor, waitMs }: Pick<BackendStream, 'waitsFor' | 'waitMs'>): ProxyError {
  switch (waitsFor) {
    case 'connect':
      return new ProxyError('CONNECT_TIMEOUT', `no connection within ${waitMs} ms`);
    case 'head':
      return new ProxyError('HEAD_TIMEOUT', `no response head within ${waitMs} ms`);
    case 'idle':
      return new ProxyError('IDLE_TIMEOUT', `the backend was silent for ${waitMs} ms`);
  }
}

export type ConnectStep = 'dns' | 'tcp';

/** What an attempt hears of its backend. */
export interface BackendEvents extends ResponseEvents {
  /** Whether the request asks for another protocol (Upgrade). */
  readonly switches: boolean;
  /** The wait for a connection is over: a free one follows at once, or one is opened. */
  onWaited(): void;
  /** The backend has run out of connections since it was picked; nothing was sent to it. */
  onNoRoom(): void;
  /** The backend ends this connection, on which it took other requests, and has not looked at this one. */
  onNotTaken(error: ProxyError): void;
  /** On the way to `onConnected`: the name is resolved, TCP is up and TLS is to follow. */
  onStep(done: ConnectStep): void;
  /** TCP, then TLS, are up; at once for a reused connection. */
  onConnected(stream: BackendStream): void;
  onFailed(error: ProxyError): void;
  /** The backend takes bytes again. */
  onUpstreamDrain(): void;
  /** All that one read brought has been told. */
  onTurnEnd(): void;
}
