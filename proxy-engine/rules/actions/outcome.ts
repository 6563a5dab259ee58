/** `status` (response) and `mark` (both): what the client and the list are told. */
import { STATUS_CODES } from 'node:http';
import type { Action } from '../action.ts';

export function compileStatus(status: number): Action {
  const reason = STATUS_CODES[status] ?? '';
  return {
    kind: 'head',
    words: [`status ${status}`],
    act({ answered }) {
      if (answered === null) return;
      answered.status = status;
      answered.reason = reason;
    },
  };
}

export interface MarkConfig {
  color?: string | undefined;
  note?: string | undefined;
}

/** Later marks override earlier ones, colour and note by themselves. */
export function compileMark({ color, note }: MarkConfig): Action {
  const mark = { ...(color !== undefined && { color }), ...(note !== undefined && { note }) };
  return {
    kind: 'head',
    words: ['mark'],
    act(exchange) {
      exchange.mark = { ...exchange.mark, ...mark };
    },
  };
}
