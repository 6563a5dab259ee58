/**
 * What crosses between window and engine, the same over MessagePort and WebSocket.
 * The first message to the window is a snapshot, then events in order, at most 20 messages a second. Reconnecting means a new snapshot.
 */
import type { ApiError, CommandName } from './api.ts';
import type { EngineState } from './state.ts';

export interface EngineInfo {
  version: string;
  /** `desktop` or `headless` */
  host: 'desktop' | 'headless';
  platform: string;
}

export type EngineEvent =
  /** The whole state, latest wins. */
  | { type: 'state'; state: EngineState }
  /** The list or an exchange in it changed: how many there are now. The page asks for the window it shows. `marks` differs: marks on any of them did. */
  | { type: 'exchanges'; recorded: number; newestId: number; marks: number }
  /** Something a person should read once. */
  | { type: 'notice'; level: 'info' | 'warn' | 'error'; message: string };

export type ToWindow =
  | { type: 'snapshot'; info: EngineInfo; state: EngineState; recorded: number }
  | { type: 'events'; events: EngineEvent[] }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'error'; id: number; error: ApiError };

export type ToEngine = { type: 'call'; id: number; command: CommandName; input: unknown };

/** Of a message to the engine over a WebSocket, which a longer one closes. A held body of 10 MiB that was edited must fit, as base64. */
export const MAX_MESSAGE_BYTES = 16 * 1024 ** 2;

/**
 * At most this many messages of events a second, whatever the request rate. In a flood of exchanges there are fewer, unless
 * something was decided; and not every one has the state when only its figures changed.
 */
export const EVENT_MESSAGES_PER_SECOND = 20;

/** Whether `token` can be a bearer token and a subprotocol (RFC 9110 §5.6.2). */
export function isUsableToken(token: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(token);
}
