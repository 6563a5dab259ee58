import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { Headers } from '../http/headers.ts';
import type { ClientEvents } from './client-stream.ts';
import { type HalfClosedClient, lookAfter, sendNothing } from './half-closed.ts';
import type { ResponseWriter } from './response-writer.ts';

/** How often a client is looked after whose body nobody reads for now. */
const PAUSED_LOOK_MS = 1000;
/** How long that has been so when it is asked whether it is still there: seldom, for some bear no more than five 1xx (Go's). */
const ASK_PAUSED_AFTER_MS: readonly number[] = [1000, 5000, 25_000];
/** How long its connection is silent before TCP asks. */
const KEEP_ALIVE_MS = 5000;

/** The HTTP/1.1 connection whose client it is. */
export interface WatchedConnection {
  readonly socket: Socket;
  /** Nothing is awaited of the client any more. */
  readonly isOver: boolean;
  /** The request says `Expect: 100-continue`. */
  readonly expectsContinue: boolean;
  /** Whose answer the client waits for; null: for none, or the answer is whole. */
  readonly unanswered: ClientEvents | null;
  /** It has left. `message`: why that is believed. */
  clientLeft(message: string): void;
}

/**
 * Finds out whether a client that cannot be heard is still there: one that has half-closed, or one whose body nobody reads for now,
 * behind which a FIN or a reset would wait. It is asked with bytes that say nothing; who has left answers them with a reset.
 */
export class ClientPresence implements HalfClosedClient {
  readonly #connection: WatchedConnection;
  readonly #writer: ResponseWriter;
  readonly #clock: Clock;
  /** `Clock.now()` */
  #pausedAt = 0;
  #isHalfClosed = false;
  /** Since the request began, while its body was not read. */
  #timesAsked = 0;

  constructor(connection: WatchedConnection, writer: ResponseWriter, clock: Clock) {
    this.#connection = connection;
    this.#writer = writer;
    this.#clock = clock;
  }

  get socket(): Socket {
    return this.#connection.socket;
  }

  get isOver(): boolean {
    return this.#connection.isOver;
  }

  requestBegan(): void {
    this.#timesAsked = 0;
  }

  // ── its body is not read ───────────────────────────────────────────────────────────────────────────────────────────

  /** From now on. Gives when to call `lookAfterPaused`. */
  paused(): number {
    this.#pausedAt = this.#clock.now();
    this.socket.setKeepAlive(true, KEEP_ALIVE_MS);
    return this.#pausedAt + PAUSED_LOOK_MS;
  }

  /**
   * Gives when to call it again. Who has not said that it knows 100 is not asked: undici, and with it `fetch` of Node, breaks off at
   * one that it did not expect, and at any other 1xx Python's http.client takes that for its answer.
   */
  lookAfterPaused(): number {
    const now = this.#clock.now();
    sendNothing(this.socket);
    const nextMs = ASK_PAUSED_AFTER_MS[this.#timesAsked] ?? Number.POSITIVE_INFINITY;
    if (this.#connection.expectsContinue && now - this.#pausedAt >= nextMs) {
      this.#timesAsked++;
      this.ask();
    }
    return now + PAUSED_LOOK_MS;
  }

  // ── it has half-closed ─────────────────────────────────────────────────────────────────────────────────────────────

  halfClosed(): void {
    this.#isHalfClosed = true;
    lookAfter(this, this.#clock);
  }

  /** False: the answer has begun, and HTTP can say nothing in the middle of it. */
  get mayBeAsked(): boolean {
    return !this.#writer.begun || this.#writer.isInChunks;
  }

  giveUp(ms: number): void {
    const waited = `nothing was sent to it for ${ms / 1000} s`;
    this.#connection.clientLeft(`the client closed its side, and ${waited}: it is taken to have left`);
  }

  /** 100 may come at any time before a response, any number of times, and every client must bear it (RFC 9110 §15.2). */
  ask(): void {
    const exchange = this.#connection.unanswered;
    if (!exchange) return;
    if (this.#isHalfClosed) exchange.onClientSilent('the client closed its side before its answer was whole');
    if (this.#writer.mayInform) {
      this.#writer.inform(100, 'Continue', new Headers());
      this.#writer.send();
      exchange.onClientSilent('it got 100 Continue, to find out whether it has left');
    } else if (this.#writer.isInChunks && this.#writer.sayZero())
      exchange.onClientSilent('it got the beginning of a chunk, to find out whether it has left');
  }
}
