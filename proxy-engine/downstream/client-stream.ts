import type { Duplex } from 'node:stream';
import type { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import type { Headers } from '../http/headers.ts';
import type { Client } from './client.ts';

/** To whom the connections of clients hand what they have read. `protocol`: `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`. */
export interface RequestTaker {
  /** A request has begun: gives the walk that hears the rest of it, through `onStart` first. */
  begin(request: ParsedRequest, stream: ClientStream, client: Client, protocol: string): ClientEvents;
  /** What came is no request at all: answered, and recorded as an exchange of its own. */
  refused(error: ProxyError, stream: ClientStream, client: Client, protocol: string): void;
}

/** The client's side of one exchange, whatever its protocol: what the walk may say to the client. */
export interface ClientStream {
  /** An interim response (100, 103 …); HTTP/1.0 gets none. */
  inform(status: number, reason: string, headers: Headers): void;
  /**
   * The response head. `length`: bytes of the body when known, -1: not known, 0: none. `isFramed`: it comes in frames (HTTP/2), and
   * trailers may follow whatever its length.
   */
  respond(status: number, reason: string, headers: Headers, length: number, isFramed: boolean): void;
  body(chunk: Buffer): void;
  end(trailers: Headers | null): void;
  /** Ends so that the client sees that something is missing: by RST, or by closing early where that cannot be taken for the end. `resetCode`: for RST_STREAM. */
  abort(how: 'reset' | 'close', resetCode?: number): void;
  /** Sends what was said since the last flush; false: the client is slow, wait for `onClientDrain`. */
  flush(): boolean;
  /** No more of the request body for now. */
  pause(): void;
  resume(): void;
  /** After 101: the connection is no longer HTTP. `rest` had come already. */
  detach(): { socket: Duplex; rest: Buffer };
  /** Says nothing more and ignores what comes; the socket stays open (`abort: hang`). */
  hang(): void;
}

/** What the client does during an exchange. */
export interface ClientEvents {
  /** The head is there and the client can be answered. */
  onStart(): void;
  onRequestBody(chunk: Buffer): void;
  onRequestEnd(trailers: Headers | null): void;
  /** The connection broke, or what came was not HTTP. */
  onClientError(error: ProxyError): void;
  /** It says no more and may still read, or has left. `note`: what has been seen or done of that, for people. */
  onClientSilent(note: string): void;
  /** The client takes bytes again, after `flush` gave false. */
  onClientDrain(): void;
  /** All that one read brought has been told: what was said to the backend may leave. */
  onClientTurnEnd(): void;
}

/** Hears what is left of a request that was refused. */
export const NOBODY: ClientEvents = {
  onStart() {},
  onRequestBody() {},
  onRequestEnd() {},
  onClientError() {},
  onClientSilent() {},
  onClientDrain() {},
  onClientTurnEnd() {},
};
