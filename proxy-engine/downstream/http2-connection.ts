/** A client's connection of HTTP/2: every stream is an exchange of its own, presented like one of HTTP/1. */
import { randomBytes } from 'node:crypto';
import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { LimitsConfig } from '../contract/config.ts';
import type { Deadline, Deadlines } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { ParsedRequest } from '../http/head.ts';
import { readRequest } from '../http2/client-fields.ts';
import type { Client } from './client.ts';
import type { RequestTaker } from './client-stream.ts';
import { Http2Stream } from './http2-stream.ts';
import { LINGER_MS } from './linger.ts';

export interface Http2Deps extends RequestTaker {
  clock: Clock;
  deadlines: Deadlines;
  limits: LimitsConfig;
  /** The client broke the rules of the connection, which is closed. */
  failed(error: ProxyError, client: Client, protocol: string): void;
  onClosed(): void;
}

const PROTOCOL = 'HTTP/2';
/** Exchanges at the same time on one connection. */
const MAX_STREAMS = 250;
/** Bytes that a client may send on a stream before they are read. */
const WINDOW_BYTES = 256 * 1024;
/** What one connection may make us hold, 10⁶ bytes; beyond that no further stream is taken. */
const SESSION_MEMORY_MB = 32;
const MAX_STREAM_ID = 2 ** 31 - 1;
const { NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;

/**
 * Serves HTTP/2 on a connection in clear (prior knowledge) or TLS on which ALPN chose `h2`. Bytes that were read from the
 * socket must have been put back with `unshift`.
 */
export function openHttp2(socket: Socket, client: Client, deps: Http2Deps): Http2Connection {
  return new Http2Connection(socket, client, deps);
}

/**
 * Set here and not left to defaults: each bounds one known attack (too many streams, header bombs, PING and SETTINGS floods,
 * rapid reset); a connection that goes beyond is closed.
 */
function serverOptions({ headBytes, headers }: LimitsConfig) {
  return {
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: headBytes,
      initialWindowSize: WINDOW_BYTES,
      enablePush: false,
      enableConnectProtocol: true,
    },
    maxHeaderListPairs: headers + 8,
    maxSessionMemory: SESSION_MEMORY_MB,
    maxOutstandingPings: 10,
    maxSettings: 32,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    streamResetBurst: 1000,
    streamResetRate: 33,
    // Lines that stand twice go on as they came.
    strictSingleValueFields: false,
    // Drops such fields without a word; here they are refused.
    strictFieldWhitespaceValidation: false,
  };
}

export class Http2Connection implements Deadline {
  deadlineAt: number;
  readonly socket: Socket;
  readonly #client: Client;
  readonly #deps: Http2Deps;
  readonly #session: ServerHttp2Session;
  readonly #streams = new Set<Http2Stream>();
  #closing = false;

  constructor(socket: Socket, client: Client, deps: Http2Deps) {
    this.socket = socket;
    this.#client = client;
    this.#deps = deps;
    this.deadlineAt = deps.clock.now() + deps.limits.headTimeout;
    this.#session = performServerHandshake(socket, serverOptions(deps.limits));
    this.#session.on('stream', (stream, _, flags, flat) => this.#accept(stream, flags, flat as unknown as string[]));
    this.#session.on('error', (error) => this.#failed(error));
    // The session may never tell, when its last write gets nowhere.
    socket.once('close', () => deps.onClosed());
    socket.once('end', () => this.#ended());
  }

  /** The client has left: HTTP/2 knows no half-closed connection, it needs both ways (RFC 9113 §6.5.3, §6.9). */
  #ended(): void {
    for (const stream of this.#streams) stream.cutOff();
    this.#session.close();
    this.#closing = true;
    this.#closesIn(LINGER_MS);
  }

  /** node:http2 does not close by itself when it holds half a frame, or when what it writes gets nowhere. */
  #closesIn(ms: number): void {
    this.deadlineAt = this.#deps.clock.now() + ms;
  }

  /** No preface in time, idle for too long, or closed and still there. */
  onDeadline(): void {
    if (this.#session.destroyed) this.socket.destroy();
    else if (this.#closing) this.#session.destroy();
    else this.#session.close();
    this.#closing = true;
    this.#closesIn(LINGER_MS);
  }

  /**
   * Says that no further stream is taken, waits one round trip for those that are on their way, then names the last one
   * (RFC 9113 §6.8). Closes when the last stream has ended.
   */
  closeGracefully(): void {
    if (this.#session.destroyed || this.#session.closed) return;
    this.#session.goaway(NGHTTP2_NO_ERROR, MAX_STREAM_ID);
    const isSent = this.#session.ping(() => this.#session.close());
    if (!isSent) this.#session.close();
  }

  #accept(raw: ServerHttp2Stream, flags: number, flat: readonly string[]): void {
    // Of a stream that was reset, or went with its connection, in the same turn the error is still to come.
    raw.on('error', () => {});
    if (raw.destroyed) return;
    const { deadlines, clock, limits } = this.#deps;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    const stream = new Http2Stream(raw, { clock, limits });
    this.#streams.add(stream);
    deadlines.add(stream);
    raw.once('close', () => this.#streamEnded(stream));
    const request = this.#read(stream, flat, (flags & NGHTTP2_FLAG_END_STREAM) !== 0);
    if (request) stream.begin(request, this.#deps.begin(request, stream, this.#client, PROTOCOL));
  }

  #read(stream: Http2Stream, flat: readonly string[], endStream: boolean): ParsedRequest | null {
    const { limits } = this.#deps;
    try {
      return readRequest(flat, { limits, endStream, webSocketKey: () => randomBytes(16).toString('base64') });
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      this.#deps.refused(error, stream, this.#client, PROTOCOL);
      return null;
    }
  }

  #streamEnded(stream: Http2Stream): void {
    this.#deps.deadlines.delete(stream);
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#closesIn(this.#closing ? LINGER_MS : this.#deps.limits.idleTimeout);
  }

  #failed(error: Error & { code?: string }): void {
    if (error.code?.startsWith('ERR_HTTP2_'))
      this.#deps.failed(new ProxyError('BAD_REQUEST', `not HTTP/2: ${error.message}`), this.#client, PROTOCOL);
  }
}
