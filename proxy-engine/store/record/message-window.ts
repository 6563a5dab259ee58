/** The part of the messages of a WebSocket that somebody asks for. Pure. */
import type { ParsedInput } from '../../contract/api.ts';
import type { MessageWindow } from '../../contract/body-commands.ts';
import type { WebSocketMessage } from '../../contract/exchange.ts';
import type { Messages } from './recorded-messages.ts';

/** Messages that are looked through at a time. */
const STEP = 10_000;

/** With `contains`, places count what was found: there are at most as many messages as one log keeps. */
export function messageWindow(
  kept: Messages | null | undefined,
  { from, limit, contains = '' }: Pick<ParsedInput<'exchange.messages'>, 'from' | 'limit' | 'contains'>,
): MessageWindow {
  const { total = 0, firstKept = 0 } = kept ?? {};
  if (!kept || contains === '') return { total, firstKept, messages: kept?.window(from, limit) ?? [] };
  const found: WebSocketMessage[] = [];
  for (let first = firstKept; first < total; first += STEP)
    found.push(...kept.window(first, STEP).filter(holding(contains)));
  const at = Math.max(0, from < 0 ? found.length + from : from);
  return { total, firstKept, messages: found.slice(at, at + limit), found: found.length, foundFrom: at };
}

/** Letters of either case in texts; bytes in binary messages as they are. */
function holding(wanted: string): (message: WebSocketMessage) => boolean {
  const lower = wanted.toLowerCase();
  return ({ type, data }) =>
    type === 'text' || type === 'close'
      ? data.toLowerCase().includes(lower)
      : Buffer.from(data, 'base64').includes(wanted, 0, 'utf8');
}
