import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { type BackendEvents, timeoutError } from './backend-stream.ts';
import { Dial } from './dial.ts';
import { Http2Backend } from './http2-backend.ts';
import { LaneQueue } from './lane-queue.ts';
import type { ConnectTarget } from './open-socket.ts';

export interface SharedLaneDeps {
  clock: Clock;
  deadlines: Deadlines;
  target: ConnectTarget;
  /** A backend of TLS may choose HTTP/1.1. */
  allowHttp1: boolean;
  perBackend: number;
  connectMs: number;
  idleMs: number;
  /** Every open connection of the process. */
  all: Set<{ destroy(): void }>;
  /** The backend chose HTTP/1.1 on `socket`; the attempts in `waiting` are to go there, and on further connections. */
  onHttp1(socket: Socket, waiting: BackendEvents[]): void;
  /** Of the backend. */
  name: string;
  /** What the backend allowed on its last connections, also under earlier configs. */
  known: { maxStreams: number | null; endedAfter: number; maxRequests: number | null };
  /** Its backend has left before it was first used. */
  isRetired: boolean;
  /** `busy` or `capacity` has changed. */
  onLoad(): void;
}

/** Streams that a backend is taken to allow before its SETTINGS say it: hardly any allows fewer (RFC 9113 §6.5.2). */
const USUAL_STREAMS = 100;

/** The HTTP/2 connections to one backend: each is filled before another is opened, one at a time. */
export class SharedLane {
  readonly #deps: SharedLaneDeps;
  readonly #open = new Set<Http2Backend>();
  /** Its backend is no longer in the running config. */
  #isRetired: boolean;
  #dial: Dial | null = null;
  #opening: Http2Backend | null = null;
  readonly #queue: LaneQueue;
  /** The attempt that the connection on its way is opened for. */
  #opener: BackendEvents | null = null;

  constructor(deps: SharedLaneDeps) {
    this.#deps = deps;
    this.#isRetired = deps.isRetired;
    this.#queue = new LaneQueue(deps.clock, deps.deadlines);
  }

  /** Number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  /** Streams under way, and attempts that wait for one. */
  get busy(): number {
    let busy = this.#queue.length;
    for (const { streams } of this.#open) busy += streams;
    return busy;
  }

  /** How many streams there may be at the same time: on the open connections, and on those that may still be opened. */
  get capacity(): number {
    const { perBackend, known } = this.#deps;
    let capacity = (perBackend - this.#open.size) * (known.maxStreams ?? USUAL_STREAMS);
    for (const { maxStreams } of this.#open) capacity += maxStreams;
    return capacity;
  }

  /** Gives the attempt a stream now, or lets it wait for one as long as a connect may take. */
  lease(events: BackendEvents): void {
    const connection = this.#withRoom();
    if (connection) connection.lease(events);
    else {
      this.#queue.join(events, this.#deps.connectMs, () => this.#late());
      this.#connect(events);
    }
    this.#deps.onLoad();
  }

  #late(): ProxyError {
    const { name, connectMs } = this.#deps;
    if (this.#isConnecting) return timeoutError({ waitsFor: 'connect', waitMs: connectMs });
    const message = `none of the ${this.capacity} streams to ${name} came free within ${connectMs} ms`;
    return new ProxyError('QUEUE_TIMEOUT', message);
  }

  /** The attempt gives up, or has failed, before `onConnected`. */
  cancel(events: BackendEvents): void {
    this.#queue.leave(events);
    this.#deps.onLoad();
  }

  /**
   * Open connections take no new exchange, and close after those under way. For attempts that wait already another connection may be
   * opened, which closes in the same way.
   */
  retire(): void {
    this.#isRetired = true;
    for (const connection of this.#open) connection.close();
  }

  #withRoom(): Http2Backend | undefined {
    for (const connection of this.#open) if (connection.hasRoom) return connection;
    return undefined;
  }

  get #isConnecting(): boolean {
    return this.#dial !== null || this.#opening !== null;
  }

  /** Opens a connection for `opener`, unless one is being opened already or there are as many as there may be. */
  #connect(opener: BackendEvents | null): void {
    const { clock, deadlines, all, target, allowHttp1, connectMs, perBackend } = this.#deps;
    if (this.#isConnecting || this.#open.size >= perBackend) return;
    this.#opener = opener;
    const dial = new Dial(
      target,
      { speaks: allowHttp1 ? 'either' : 'http2', now: clock.now(), waitMs: connectMs },
      {
        onOver: () => {
          this.#dial = null;
          deadlines.delete(dial);
          all.delete(dial);
        },
        onStep: (done) => this.#opener?.onStep(done),
        onSocket: (socket, protocol) => {
          if (protocol === 'http2') this.#begin(socket);
          else this.#deps.onHttp1(socket, this.#queue.takeAll());
        },
        onFailed: (error) => this.#fail(error),
      },
    );
    this.#dial = dial;
    deadlines.add(dial);
    all.add(dial);
  }

  #begin(socket: Socket): void {
    const { clock, deadlines, target, connectMs, idleMs, all, known } = this.#deps;
    this.#opening = new Http2Backend(socket, {
      clock,
      deadlines,
      secure: target.secure,
      connectMs,
      idleMs,
      known,
      onReady: () => this.#ready(),
      onRoom: () => this.#room(),
      onGone: (connection, error) => this.#gone(connection, error),
      onClosed: (connection) => all.delete(connection),
    });
    all.add(this.#opening);
  }

  #ready(): void {
    const connection = this.#opening;
    this.#opening = null;
    if (connection) {
      this.#open.add(connection);
      this.#deps.known.maxStreams = Math.max(1, connection.allowedStreams);
    }
    this.#room();
    if (!this.#isConnecting) this.#turnAway();
  }

  /** There may be room now: the backend has said what it allows, or a stream has ended. */
  #room(): void {
    this.#serve();
    if (this.#isRetired) this.#closeIdle();
    this.#deps.onLoad();
  }

  #closeIdle(): void {
    for (const connection of this.#open) if (connection.streams === 0) connection.close();
  }

  #serve(): void {
    while (this.#queue.length > 0) {
      const connection = this.#withRoom();
      if (!connection) {
        this.#connect(null);
        return;
      }
      const next = this.#queue.next() as BackendEvents;
      if (next !== this.#opener) next.onWaited();
      this.#opener = null;
      connection.lease(next);
    }
  }

  /** The backend allows fewer streams than expected: attempts for which none is left are told that there is no room. */
  #turnAway(): void {
    const left = this.#queue.takeAll();
    if (left.length > 0) this.#deps.onLoad();
    for (const events of left) events.onNoRoom();
  }

  #gone(connection: Http2Backend, error: ProxyError | null): void {
    if (this.#opening === connection) this.#opening = null;
    this.#open.delete(connection);
    if (error) this.#fail(error);
    else if (this.#queue.length > 0) this.#connect(null);
    this.#deps.onLoad();
  }

  #fail(error: ProxyError): void {
    for (const events of this.#queue.takeAll()) events.onFailed(error);
  }
}
