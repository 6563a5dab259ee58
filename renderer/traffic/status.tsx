import type { ExchangeError } from '../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../app-context.tsx';

interface StatusProps {
  row: { status?: number; error?: ExchangeError; durationMs?: number };
}

/** The status code; `ERR` where the exchange ended without one, `…` while it is in flight. */
export function Status({ row }: StatusProps) {
  const { traffic, detail, engine } = useMessages();
  if (row.status !== undefined)
    return <span className={`status status-${row.error ? 'error' : String(row.status)[0]}`}>{row.status}</span>;
  if (row.error || row.durationMs !== undefined)
    return (
      <span className="status status-error" aria-label={row.error ? engine(row.error.message) : detail.noAnswer}>
        ERR
      </span>
    );
  return (
    <span className="status status-pending" aria-label={traffic.inFlight}>
      …
    </span>
  );
}
