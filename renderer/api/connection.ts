import type { ToEngine, ToWindow } from '../../proxy-engine/contract/channel.ts';

/** Where a channel's messages go. */
export interface ConnectionHandlers {
  onOpen(): void;
  onMessage(message: ToWindow): void;
  /** The engine is out of reach; a new snapshot follows when it is back. `reason` is for people; `gaveUp`: nobody restarts it. */
  onLost(reason?: string, gaveUp?: boolean): void;
}

/** A way to the engine that mends itself: MessagePort in the desktop window, WebSocket elsewhere, a fake in tests. */
export interface Connection {
  start(handlers: ConnectionHandlers): void;
  send(message: ToEngine): void;
}
