import type { Backend } from '../balancer/backend.ts';
import type { BackendEvents } from './backend-stream.ts';
import type { LaneOptions } from './lane-options.ts';

/** Brings attempts to backends: over kept connections of our own, or through the reference path. */
export interface Connector {
  /** Open connections. */
  readonly size: number;
  /** `events.onConnected` or `onFailed` tells, at once or later. */
  lease(backend: Backend, options: LaneOptions, events: BackendEvents): void;
  /** Gives up before `onConnected`. */
  cancel(backend: Backend, events: BackendEvents): void;
  /** A kept connection was found dead: those that idle beside it may be as well, so they are not kept for the next attempt. */
  dropIdle(backend: Backend): void;
  /** Open connections to one backend. */
  countOf(backend: Backend): number;
  /** The backend has left: closes what is idle, and what is busy when its exchange has ended. */
  retire(backend: Backend): void;
  closeAll(): void;
}
