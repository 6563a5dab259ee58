import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import type { ProxyError } from '../errors.ts';
import type { BackendEvents } from './backend-stream.ts';
import { Dial } from './dial.ts';
import { Http2Backend } from './http2-backend.ts';
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
  /** It chose that: `waiting` are the attempts that are to go there, on `socket` and others. */
  onHttp1(socket: Socket, waiting: BackendEvents[]): void;
}

/** The HTTP/2 connections to one backend: each is filled before another is opened, one at a time. */
export class SharedLane {
  readonly #deps: SharedLaneDeps;
  readonly #open = new Set<Http2Backend>();
  #dial: Dial | null = null;
  #opening: Http2Backend | null = null;
  #waiting: BackendEvents[] = [];

  constructor(deps: SharedLaneDeps) {
    this.#deps = deps;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#open.size;
  }

  lease(events: BackendEvents): void {
    const connection = this.#withRoom();
    if (connection) {
      connection.lease(events);
      return;
    }
    this.#waiting.push(events);
    this.#connect();
  }

  /** Gives up before `onConnected`. */
  cancel(events: BackendEvents): void {
    const at = this.#waiting.indexOf(events);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** No new exchange goes over the connections that are open; they close when those under way have ended. */
  closeIdle(): void {
    for (const connection of this.#open) connection.close();
  }

  #withRoom(): Http2Backend | undefined {
    for (const connection of this.#open) if (connection.hasRoom) return connection;
    return undefined;
  }

  #connect(): void {
    const { clock, deadlines, all, target, allowHttp1, connectMs, perBackend } = this.#deps;
    if (this.#dial || this.#opening || this.#open.size >= perBackend) return;
    const dial = new Dial(
      target,
      { speaks: allowHttp1 ? 'either' : 'http2', now: clock.now(), waitMs: connectMs },
      {
        onOver: () => {
          this.#dial = null;
          deadlines.delete(dial);
          all.delete(dial);
        },
        onSocket: (socket, protocol) => {
          if (protocol === 'http2') this.#begin(socket);
          else this.#deps.onHttp1(socket, this.#takeWaiting());
        },
        onFailed: (error) => this.#fail(error),
      },
    );
    this.#dial = dial;
    deadlines.add(dial);
    all.add(dial);
  }

  #begin(socket: Socket): void {
    const { clock, deadlines, target, connectMs, idleMs, all } = this.#deps;
    this.#opening = new Http2Backend(socket, {
      clock,
      deadlines,
      secure: target.secure,
      connectMs,
      idleMs,
      onReady: () => this.#ready(),
      onRoom: () => this.#serve(),
      onGone: (connection, error) => this.#gone(connection, error),
      onClosed: (connection) => all.delete(connection),
    });
    all.add(this.#opening);
  }

  #ready(): void {
    const connection = this.#opening;
    this.#opening = null;
    if (connection) this.#open.add(connection);
    this.#serve();
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#withRoom();
      if (!connection) {
        this.#connect();
        return;
      }
      connection.lease(this.#waiting.shift() as BackendEvents);
    }
  }

  #gone(connection: Http2Backend, error: ProxyError | null): void {
    if (this.#opening === connection) this.#opening = null;
    this.#open.delete(connection);
    if (error) this.#fail(error);
    else if (this.#waiting.length > 0) this.#connect();
  }

  #fail(error: ProxyError): void {
    for (const events of this.#takeWaiting()) events.onFailed(error);
  }

  #takeWaiting(): BackendEvents[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
