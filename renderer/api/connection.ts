import type { ToEngine, ToWindow } from '../../proxy-engine/contract/channel.ts';
import type { EngineProcessStatus } from './desktop.ts';

/** Why there is no engine: out of reach, not restarted by anybody any more, or there, but it does not take this token. */
export type Loss =
  | { state: 'lost' | 'stopped' /** For people. */; reason?: string }
  | { state: 'refused' /** '': there was none. */; token: string };

/** Where a channel's messages go. */
export interface ConnectionHandlers {
  onOpen(): void;
  onMessage(message: ToWindow): void;
  /** A new snapshot follows when the engine is back. */
  onLost(loss: Loss): void;
}

/** A way to the engine that mends itself: MessagePort in the desktop window, WebSocket elsewhere, a fake in tests. */
export interface Connection {
  start(handlers: ConnectionHandlers): void;
  /** Throws a `CommandError` where it cannot be sent. */
  send(message: ToEngine): void;
  /** Tries again with what a person gave; absent where no token is needed, or none can be wrong. */
  giveToken?(token: string): void;
}

/** null: the engine runs. */
export function lossOf(status: EngineProcessStatus): Loss | null {
  if (status.state === 'running') return null;
  return { state: status.state === 'stopped' ? 'stopped' : 'lost', reason: status.reason };
}
