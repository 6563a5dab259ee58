import type { Backend } from '../balancer/backend.ts';
import type { Clock } from '../clock.ts';
import type { PoolConfig } from '../contract/config.ts';
import type { Deadlines } from '../deadlines.ts';
import type { UpstreamTls } from '../tls/upstream-tls.ts';
import { BackendConnection } from './backend-connection.ts';
import type { BackendEvents } from './backend-stream.ts';
import type { Connector } from './connector.ts';
import { type ConnectTarget, type OpeningSocket, openSocket } from './open-socket.ts';
import { SharedLane } from './shared-lane.ts';

interface Lane {
  idle: BackendConnection[];
  open: Set<BackendConnection>;
  waiting: BackendEvents[];
  /** Connections that carry many exchanges at a time. */
  shared: SharedLane | null;
  /** The backend could have chosen HTTP/2 and did not; asked again when its last connection is gone. */
  choseHttp1: boolean;
}

export interface LaneOptions {
  protocol: PoolConfig['protocol'];
  perBackend: number;
  connectMs: number;
  idleMs: number;
  tls: UpstreamTls;
}

/** The connections to all backends: kept alive between exchanges, the youngest reused first, bounded per backend. */
export class Connections implements Connector {
  readonly #lanes = new WeakMap<Backend, Lane>();
  readonly #all = new Set<{ destroy(): void }>();
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
    if (mayShare(backend, lane, options, events)) this.#share(backend, lane, options).lease(events);
    else this.#leaseOwn(backend, lane, options, events);
  }

  #leaseOwn(backend: Backend, lane: Lane, options: LaneOptions, events: BackendEvents): void {
    let idle = lane.idle.pop();
    while (idle?.socket.destroyed) idle = lane.idle.pop();
    if (idle) {
      idle.deadlineAt = Number.POSITIVE_INFINITY;
      idle.lease(events);
      return;
    }
    if (lane.open.size < options.perBackend)
      this.#open(backend, lane, options, events, openSocket(targetOf(backend, options), ['http/1.1']));
    else lane.waiting.push(events);
  }

  /** Gives up before `onConnected`: leaves the queue, or drops the connection that is being opened. */
  cancel(backend: Backend, events: BackendEvents): void {
    const { waiting, open, shared } = this.#lane(backend);
    shared?.cancel(events);
    const at = waiting.indexOf(events);
    if (at >= 0) waiting.splice(at, 1);
    for (const connection of open) if (connection.carries(events)) connection.release(false);
  }

  /** Closes what is idle; busy connections end with their exchange. */
  closeIdle(backend: Backend): void {
    const { idle, shared } = this.#lane(backend);
    for (const connection of idle) connection.destroy();
    shared?.closeIdle();
  }

  closeAll(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #share(backend: Backend, lane: Lane, options: LaneOptions): SharedLane {
    lane.shared ??= new SharedLane({
      ...options,
      clock: this.#clock,
      deadlines: this.#deadlines,
      all: this.#all,
      target: targetOf(backend, options),
      allowHttp1: options.protocol === 'auto',
      onHttp1: (socket, waiting) => {
        lane.choseHttp1 = true;
        const [first, ...others] = waiting;
        if (first) this.#open(backend, lane, options, first, { socket, ready: null });
        else socket.destroy();
        for (const events of others) this.lease(backend, options, events);
      },
    });
    return lane.shared;
  }

  #open(backend: Backend, lane: Lane, options: LaneOptions, events: BackendEvents, opening: OpeningSocket): void {
    const connection = new BackendConnection(opening, {
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
    if (lane.open.size === 0) lane.choseHttp1 = false;
    const next = lane.waiting.shift();
    if (next) this.#leaseOwn(backend, lane, options, next);
  }

  #lane(backend: Backend): Lane {
    let lane = this.#lanes.get(backend);
    if (!lane) {
      lane = { idle: [], open: new Set(), waiting: [], shared: null, choseHttp1: false };
      this.#lanes.set(backend, lane);
    }
    return lane;
  }
}

/** Whether the exchange may go over a connection of HTTP/2. An upgrade rather has one of HTTP/1.1, if that can be chosen. */
function mayShare(
  { secure }: Backend,
  { choseHttp1 }: Lane,
  { protocol }: LaneOptions,
  { switches }: BackendEvents,
): boolean {
  if (protocol === 'auto') return secure && !choseHttp1 && !switches;
  return protocol === 'http2';
}

function targetOf({ host, port, secure }: Backend, { tls }: LaneOptions): ConnectTarget {
  return { host, port, secure, tls };
}
