import type { Socket } from 'node:net';
import type { Backend } from '../balancer/backend.ts';
import type { BackendRecord } from '../balancer/backend-record.ts';
import type { Clock } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { BackendConnection } from './backend-connection.ts';
import type { BackendEvents } from './backend-stream.ts';
import type { Connector } from './connector.ts';
import { Dial } from './dial.ts';
import type { LaneOptions } from './lane-options.ts';
import { LaneQueue } from './lane-queue.ts';
import type { ConnectTarget } from './open-socket.ts';
import { SharedLane } from './shared-lane.ts';

interface Lane {
  idle: BackendConnection[];
  open: Set<BackendConnection>;
  /** Connections that are being opened, by the attempt that they are for. */
  dials: Map<BackendEvents, Dial>;
  queue: LaneQueue;
  /** Connections that carry many exchanges at a time. */
  shared: SharedLane | null;
  /** The backend was offered HTTP/2 (ALPN) and chose HTTP/1.1; it is offered again when its last connection is gone. */
  choseHttp1: boolean;
  /** Its backend is no longer in the running config: connections that come free are closed. */
  retired: boolean;
}

/** The connections to all backends: kept alive between exchanges, the youngest reused first, bounded per backend. */
export class Connections implements Connector {
  readonly #lanes = new WeakMap<Backend, Lane>();
  /** Those of one address: of the backend that there is now, and of those before it as long as they have connections. */
  readonly #lanesOf = new WeakMap<BackendRecord, Lane[]>();
  readonly #all = new Set<{ destroy(): void }>();
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #isOwnEnd: (socket: Socket, ofForward: boolean) => boolean;

  constructor(clock: Clock, deadlines: Deadlines, isOwnEnd: (socket: Socket, ofForward: boolean) => boolean) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#isOwnEnd = isOwnEnd;
  }

  /** Number of open connections. */
  get size(): number {
    return this.#all.size;
  }

  /** Number of open connections to one backend, those of earlier configs included. */
  countOf({ record }: Backend): number {
    return (this.#lanesOf.get(record) ?? []).reduce((sum, lane) => sum + sizeOf(lane), 0);
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
      tellLoad(backend, lane, options);
      idle.lease(events);
      return;
    }
    if (lane.open.size + lane.dials.size < options.perBackend) this.#dial(backend, lane, options, events);
    else this.#wait(backend, lane, options, events);
  }

  /** Gives up before `onConnected`: leaves the queue, or drops the connection that is being opened. */
  cancel(backend: Backend, events: BackendEvents): void {
    const lane = this.#lane(backend);
    lane.shared?.cancel(events);
    lane.queue.leave(events);
    lane.dials.get(events)?.destroy();
    for (const connection of lane.open) if (connection.carries(events)) connection.release(false);
  }

  dropIdle(backend: Backend): void {
    for (const connection of this.#lane(backend).idle) connection.destroy();
  }

  /**
   * The backend has left the config: closes idle connections now and busy ones after their exchange. Exchanges that wait for it may
   * still open connections; these close in the same way.
   */
  retire(backend: Backend): void {
    const lane = this.#lane(backend);
    lane.retired = true;
    for (const connection of lane.idle) connection.destroy();
    lane.shared?.retire();
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
      target: this.#target(backend, options),
      allowHttp1: options.protocol === 'auto',
      name: backend.name,
      known: backend.record,
      isRetired: lane.retired,
      onLoad: () => tellLoad(backend, lane, options),
      onHttp1: (socket, waiting) => {
        lane.choseHttp1 = true;
        const [first, ...others] = waiting;
        if (first) this.#open(backend, lane, options, first, socket);
        else socket.destroy();
        for (const events of others) this.lease(backend, options, events);
      },
    });
    return lane.shared;
  }

  #dial(backend: Backend, lane: Lane, options: LaneOptions, events: BackendEvents): void {
    const dial = new Dial(
      this.#target(backend, options),
      { speaks: 'http1', now: this.#clock.now(), waitMs: options.connectMs },
      {
        onStep: (done) => events.onStep(done),
        onSocket: (socket) => this.#open(backend, lane, options, events, socket),
        onFailed: (error) => events.onFailed(error),
        onOver: (connected) => {
          lane.dials.delete(events);
          this.#all.delete(dial);
          this.#deadlines.delete(dial);
          tellLoad(backend, lane, options);
          if (!connected) this.#leaseNext(backend, lane, options);
        },
      },
    );
    lane.dials.set(events, dial);
    this.#all.add(dial);
    this.#deadlines.add(dial);
    tellLoad(backend, lane, options);
  }

  #open(backend: Backend, lane: Lane, options: LaneOptions, events: BackendEvents, socket: Socket): void {
    const connection = new BackendConnection(socket, options.hop, {
      onFree: (free) => this.#free(backend, lane, options, free),
      onGone: (gone) => this.#gone(backend, lane, options, gone),
    });
    lane.open.add(connection);
    this.#all.add(connection);
    this.#deadlines.add(connection);
    tellLoad(backend, lane, options);
    connection.lease(events);
  }

  /** Waits for one of the busy connections to come free, or to go, as long as a connect may take. */
  #wait({ name }: Backend, { queue }: Lane, { connectMs, perBackend }: LaneOptions, events: BackendEvents): void {
    queue.join(events, connectMs, () => {
      const message = `none of the ${perBackend} connections to ${name} came free within ${connectMs} ms`;
      return new ProxyError('QUEUE_TIMEOUT', message);
    });
  }

  #free(backend: Backend, lane: Lane, options: LaneOptions, connection: BackendConnection): void {
    const next = lane.queue.next();
    if (next) {
      next.onWaited();
      connection.lease(next);
    } else if (lane.retired) connection.destroy();
    else {
      lane.idle.push(connection);
      connection.deadlineAt = this.#clock.now() + Math.min(options.idleMs, connection.keepAliveMs);
      tellLoad(backend, lane, options);
    }
  }

  #gone(backend: Backend, lane: Lane, options: LaneOptions, connection: BackendConnection): void {
    lane.open.delete(connection);
    this.#all.delete(connection);
    this.#deadlines.delete(connection);
    const at = lane.idle.indexOf(connection);
    if (at >= 0) lane.idle.splice(at, 1);
    tellLoad(backend, lane, options);
    this.#leaseNext(backend, lane, options);
  }

  /** A connection has gone: there is room for another one. */
  #leaseNext(backend: Backend, lane: Lane, options: LaneOptions): void {
    if (lane.open.size + lane.dials.size === 0) lane.choseHttp1 = false;
    const next = lane.queue.next();
    if (!next) return;
    next.onWaited();
    this.#leaseOwn(backend, lane, options, next);
  }

  #target({ host, port, secure }: Backend, { tls, hop, ofForward = false }: LaneOptions): ConnectTarget {
    const isLoop = (socket: Socket) => this.#isOwnEnd(socket, ofForward && !hop);
    return { host, port, secure, tls, hop: hop ?? null, isLoop };
  }

  #lane(backend: Backend): Lane {
    let lane = this.#lanes.get(backend);
    if (!lane) {
      lane = {
        idle: [],
        open: new Set(),
        dials: new Map(),
        queue: new LaneQueue(this.#clock, this.#deadlines),
        shared: null,
        choseHttp1: false,
        retired: false,
      };
      this.#lanes.set(backend, lane);
      const before = this.#lanesOf.get(backend.record) ?? [];
      this.#lanesOf.set(backend.record, [...before.filter((one) => !one.retired || sizeOf(one) > 0), lane]);
    }
    return lane;
  }
}

function sizeOf({ open, dials, shared }: Lane): number {
  return open.size + dials.size + (shared?.size ?? 0);
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

/**
 * Where the backend speaks HTTP/2, or may choose to, its streams count: only upgrades have connections of their own there, and those
 * that run keep no other request out.
 */
function tellLoad(backend: Backend, lane: Lane, { protocol, perBackend }: LaneOptions): void {
  const isShared = protocol === 'http2' || (protocol === 'auto' && backend.secure && !lane.choseHttp1);
  if (isShared)
    backend.useConnections(lane.shared?.busy ?? 0, lane.shared?.capacity ?? Number.POSITIVE_INFINITY, 'streams');
  else backend.useConnections(lane.open.size - lane.idle.length + lane.dials.size, perBackend, 'connections');
}
