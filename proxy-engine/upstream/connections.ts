import type { Backend } from '../balancer/backend.ts';
import type { Clock } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import type { UpstreamTls } from '../tls/upstream-tls.ts';
import { BackendConnection, type ConnectTarget } from './backend-connection.ts';
import type { BackendEvents } from './backend-stream.ts';

interface Lane {
  idle: BackendConnection[];
  open: Set<BackendConnection>;
  waiting: BackendEvents[];
}

export interface LaneOptions {
  perBackend: number;
  connectMs: number;
  idleMs: number;
  tls: UpstreamTls;
}

/** The connections to all backends: kept alive between exchanges, the youngest reused first, bounded per backend. */
export class Connections {
  readonly #lanes = new WeakMap<Backend, Lane>();
  readonly #all = new Set<BackendConnection>();
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;

  constructor(clock: Clock, deadlines: Deadlines) {
    this.#clock = clock;
    this.#deadlines = deadlines;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#all.size;
  }

  /** Leases an idle connection, opens one, or waits for one; `events.onConnected` or `onFailed` tells. */
  lease(backend: Backend, options: LaneOptions, events: BackendEvents): void {
    const lane = this.#lane(backend);
    let idle = lane.idle.pop();
    while (idle?.socket.destroyed) idle = lane.idle.pop();
    if (idle) {
      idle.deadlineAt = Number.POSITIVE_INFINITY;
      idle.lease(events);
      return;
    }
    if (lane.open.size < options.perBackend) this.#open(backend, lane, options, events);
    else lane.waiting.push(events);
  }

  /** Gives up before `onConnected`: leaves the queue, or drops the connection that is being opened. */
  cancel(backend: Backend, events: BackendEvents): void {
    const { waiting, open } = this.#lane(backend);
    const at = waiting.indexOf(events);
    if (at >= 0) waiting.splice(at, 1);
    for (const connection of open) if (connection.carries(events)) connection.release(false);
  }

  /** Closes what is idle; busy connections end with their exchange. */
  closeIdle(backend: Backend): void {
    for (const connection of this.#lane(backend).idle) connection.socket.destroy();
  }

  closeAll(): void {
    for (const connection of this.#all) connection.socket.destroy();
  }

  #open(backend: Backend, lane: Lane, options: LaneOptions, events: BackendEvents): void {
    const target: ConnectTarget = { host: backend.host, port: backend.port, secure: backend.secure, tls: options.tls };
    const connection = new BackendConnection(target, {
      onFree: (free) => this.#free(lane, options, free),
      onGone: (gone) => this.#gone(backend, lane, options, gone),
    });
    lane.open.add(connection);
    this.#all.add(connection);
    this.#deadlines.add(connection);
    connection.deadlineAt = this.#clock.now() + options.connectMs;
    connection.waitMs = options.connectMs;
    connection.lease(events);
  }

  #free(lane: Lane, options: LaneOptions, connection: BackendConnection): void {
    const next = lane.waiting.shift();
    if (next) {
      connection.lease(next);
      return;
    }
    lane.idle.push(connection);
    connection.deadlineAt = this.#clock.now() + options.idleMs;
  }

  #gone(backend: Backend, lane: Lane, options: LaneOptions, connection: BackendConnection): void {
    lane.open.delete(connection);
    this.#all.delete(connection);
    this.#deadlines.delete(connection);
    const at = lane.idle.indexOf(connection);
    if (at >= 0) lane.idle.splice(at, 1);
    const next = lane.waiting.shift();
    if (next) this.lease(backend, options, next);
  }

  #lane(backend: Backend): Lane {
    let lane = this.#lanes.get(backend);
    if (!lane) {
      lane = { idle: [], open: new Set(), waiting: [] };
      this.#lanes.set(backend, lane);
    }
    return lane;
  }
}
