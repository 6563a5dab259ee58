/** Messages that are held at a breakpoint, as the window and the control API see them. */
import type { HeaderLines } from './exchange.ts';

/** One held message. Times are epoch milliseconds. */
export interface HeldRow {
  /** Of its exchange. */
  id: number;
  phase: 'request' | 'response';
  method: string;
  url: string;
  /** In the phase `response`. */
  status?: number;
  /** Which rule asked for it; absent: a person asked for the next one. */
  rule?: string;
  heldAt: number;
  /** When it goes on by itself, unchanged. */
  until: number;
}

export interface BreakpointState {
  /** The longest-held first. */
  held: HeldRow[];
  /** What the next exchange that is held looks like; null: nothing is awaited. */
  next: { match: string; phase: 'request' | 'response' } | null;
  /** Milliseconds for which a message is held. */
  holdMs: number;
}

/** A held message with all that can be edited. */
export interface HeldDetail extends HeldRow {
  request: { method: string; target: string; headers: HeaderLines };
  response?: { status: number; headers: HeaderLines };
  /** Of the message of this phase, decoded. base64; empty when it is not complete. */
  body: string;
  /** false: longer than 10 MiB, or a stream; the body goes on as it is. */
  bodyComplete: boolean;
}
