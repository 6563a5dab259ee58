/** What the walk of an exchange asks of scripts and of people, and what they answer. */
import type { LiveExchange } from '../exchange.ts';
import type { Answer } from './answer.ts';
import type { AbortMode, ScriptCall } from './effects.ts';

/** What a script or a person decided about a held message. Heads are edited in place on the exchange (outgoing / answered). */
export interface Verdict {
  /** null: as it was. Decoded bytes; content-encoding is removed by the caller. */
  body: Buffer | null;
  answer: Answer | null;
  abort: AbortMode | null;
}

export interface HeldMessage {
  exchange: LiveExchange;
  phase: 'request' | 'response';
  /** Decoded when it can be. */
  body: Buffer;
  /** false: longer than 10 MiB, or a stream; not shown and not editable. */
  bodyComplete: boolean;
  /** Of memory that is kept for it: the body as it came, and decoded. */
  sizeBytes: number;
}

export interface Scripts {
  /** Never rejects: an error is told on the exchange and the message goes on unchanged. */
  run(call: ScriptCall, message: HeldMessage): Promise<Verdict>;
}

export interface Breakpoints {
  /** Whether one more with a body of that length (-1: not known) can be held; if not, the exchange says so. */
  hasRoom(exchange: LiveExchange, lengthBytes: number): boolean;
  hold(message: HeldMessage): Promise<Verdict>;
  /** Whether a person waits for this exchange, and where; asked once in each phase. */
  takeNext(exchange: LiveExchange, phase: 'request' | 'response'): 'request' | 'response' | null;
  /** The exchange is over, or has gone on without the person. */
  drop(exchangeId: number): void;
}
