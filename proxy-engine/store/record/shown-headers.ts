/** Headers that the rows of a list have beside what every row has. */
import type { HeaderLines } from '../../contract/exchange.ts';
import { receivedHead, requestHead, type StoredExchange } from './stored-exchange.ts';

const LONGEST_VALUE = 500;

/** `wanted`: `request:user-agent`, `response:x-id`. Absent headers are left out, heads that cannot be read have none. */
export function shownHeaders(stored: StoredExchange, wanted: readonly string[]): Record<string, string> {
  const lines = { request: linesOf(stored, 'request'), response: linesOf(stored, 'response') };
  const shown: Record<string, string> = {};
  for (const which of wanted) {
    const [side, name] = which.split(':') as ['request' | 'response', string];
    const values = lines[side].flatMap(([given, value]) => (given.toLowerCase() === name ? [value] : []));
    if (values.length > 0) shown[which] = values.join(', ').slice(0, LONGEST_VALUE);
  }
  return shown;
}

/** As the client sent and got them. */
function linesOf(stored: StoredExchange, side: 'request' | 'response'): HeaderLines {
  try {
    const head = side === 'request' ? requestHead(stored.requestHead) : (stored.answered ?? receivedHead(stored));
    return head?.headers ?? [];
  } catch {
    return [];
  }
}
