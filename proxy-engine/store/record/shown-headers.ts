/** What the rows of a list have of heads and trailers beside what every row has. */
import type { ExchangeRow, HeaderLines } from '../../contract/exchange.ts';
import { headerLines, type StoredExchange } from './stored-exchange.ts';

const LONGEST_VALUE = 500;
const GRPC_STATUS = 'response:grpc-status';

/**
 * `row` with the headers that are wanted (`request:user-agent`, `response:x-id`), and of a call of gRPC with how it ended.
 * `read`: only for such rows, since heads take longer to read than all the rest of a row.
 */
export function withHeaders(row: ExchangeRow, wanted: readonly string[], read: () => StoredExchange): ExchangeRow {
  const isCall = row.contentType?.toLowerCase().startsWith('application/grpc') ?? false;
  if (wanted.length === 0 && !isCall) return row;
  const stored = read();
  return {
    ...row,
    ...(isCall && { grpcStatus: shownHeaders(stored, [GRPC_STATUS])[GRPC_STATUS] }),
    ...(wanted.length > 0 && { headers: shownHeaders(stored, wanted) }),
  };
}

/** Absent headers are left out, heads that cannot be read have none. */
function shownHeaders(stored: StoredExchange, wanted: readonly string[]): Record<string, string> {
  const lines = { request: linesOf(stored, 'request'), response: linesOf(stored, 'response') };
  const shown: Record<string, string> = {};
  for (const which of wanted) {
    const [side, name] = which.split(':') as ['request' | 'response', string];
    const values = lines[side].flatMap(([given, value]) => (given.toLowerCase() === name ? [value] : []));
    if (values.length > 0) shown[which] = values.join(', ').slice(0, LONGEST_VALUE);
  }
  return shown;
}

function linesOf(stored: StoredExchange, side: 'request' | 'response'): HeaderLines {
  try {
    return headerLines(stored, side);
  } catch {
    return [];
  }
}
