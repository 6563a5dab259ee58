/** The messages of one WebSocket as they are read, and as they lie in its record. */
import type { WebSocketMessage } from '../../contract/exchange.ts';
import { type KeptMessage, toldMessage } from './message-bytes.ts';
import { messagesIn } from './message-queue.ts';

/** The messages of a WebSocket, wherever they are kept. */
export interface Messages {
  readonly notes: string[];
  /** That have passed. */
  readonly total: number;
  readonly firstKept: number;
  /** From index `from` on; negative counts from the end. */
  window(from: number, limit: number): WebSocketMessage[];
  /** What is kept of what one side has sent, a message a line, as a search reads it: binary messages as UTF-8. */
  sent(by: WebSocketMessage['from']): string;
}

/** What was recorded of one; `text`: of `MessageLog`. Older recordings have the messages as they are told. */
export function recordedMessages(text: string): Messages {
  const {
    messages,
    bytes = '',
    ...rest
  } = JSON.parse(text) as Omit<Messages, 'window' | 'sent'> & {
    messages?: WebSocketMessage[];
    bytes?: string;
  };
  return {
    ...rest,
    window(from, limit) {
      const at = placeOf(from, rest);
      if (messages) return messages.slice(at, at + limit);
      return told(messagesIn(Buffer.from(bytes, 'base64'), at), rest.firstKept + at, limit);
    },
    sent(by) {
      return sentText(messages ? messages.map(keptMessage) : messagesIn(Buffer.from(bytes, 'base64'), 0), by);
    },
  };
}

/** Without pings and what closes: nobody wrote them. */
export function sentText(
  messages: Iterable<Pick<KeptMessage, 'type' | 'from' | 'data'>>,
  by: KeptMessage['from'],
): string {
  const lines: Buffer[] = [];
  for (const { type, from, data } of messages)
    if (from === by && (type === 'text' || type === 'binary')) lines.push(data, LINE_END);
  return Buffer.concat(lines.slice(0, -1)).toString('utf8');
}

const LINE_END = Buffer.from('\n');

function keptMessage({ type, from, data }: WebSocketMessage): Pick<KeptMessage, 'type' | 'from' | 'data'> {
  return { type, from, data: Buffer.from(data, type === 'text' ? 'utf8' : 'base64') };
}

/** Of the message `from`, among those that are kept; negative counts from the end. */
export function placeOf(from: number, { total, firstKept }: Pick<Messages, 'total' | 'firstKept'>): number {
  return Math.max(0, (from < 0 ? total + from : from) - firstKept);
}

/** At most `limit` of them, the first of which is number `firstIndex`. */
export function told(messages: Iterable<KeptMessage>, firstIndex: number, limit: number): WebSocketMessage[] {
  const window: WebSocketMessage[] = [];
  for (const message of messages) {
    if (window.length >= limit) break;
    window.push(toldMessage(message, firstIndex + window.length));
  }
  return window;
}
