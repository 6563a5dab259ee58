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
  /** Whether the backend must have looked at it by what it has let it send: it can no longer be refused unseen. */
  readonly isTaken: boolean;
  /** What is waited for until its deadline, and for how many milliseconds: what it fails with then. */
  waitsFor: WaitsFor;
  waitMs: number;
  /** Says the head of `exchange.outgoing` and is ready for its response; gives the head as text for the record. */
  request(exchange: LiveExchange, context: ForwardContext): string;
  /** A piece of the body, framed as `exchange.outgoing.framing` says. */
  body(chunk: Buffer): void;
  end(trailers: Headers | null): void;
  /** Sends what was said in this turn; false: the backend is slow, wait for `onUpstreamDrain`. */
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
  /** It waited for a connection to have room: either it has one now, or one is opened for it. */
  onWaited(): void;
  /** The backend has run out of room since it was picked, and nothing was asked of it. */
  onNoRoom(): void;
  /** The backend takes no further request on this connection, others before this one it took: nothing of this one was looked at. */
  onNotTaken(error: ProxyError): void;
  /** On the way to `onConnected`: the name is resolved, TCP is up and TLS is to follow. */
  onStep(done: ConnectStep): void;
  /** TCP, then TLS, are up; at once for a reused connection. */
  onConnected(stream: BackendStream): void;
  onFailed(error: ProxyError): void;
  /** The backend takes bytes again. */
  onUpstreamDrain(): void;
  /** The bytes of this turn have been handled. */
  onTurnEnd(): void;
}
