import type { ExchangeError } from '../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../app-context.tsx';
import type { Messages } from '../i18n/messages.ts';

interface StatusProps {
  row: { status?: number; error?: ExchangeError; durationMs?: number };
}

/** The status code; `ERR` where the exchange ended without one, `…` while it is in flight. */
export function Status({ row }: StatusProps) {
  const { tone, text, label } = statusLook(row, useMessages());
  return (
    <span className={`status status-${tone}`} aria-label={label}>
      {text}
    </span>
  );
}

/** `label`: what the text stands for, where it does not say it itself. */
export function statusLook(
  { status, error, durationMs }: StatusProps['row'],
  { traffic, detail, engine }: Messages,
): { tone: string; text: string; label?: string } {
  if (status !== undefined) return { tone: error ? 'error' : String(status).charAt(0), text: String(status) };
  if (!error && durationMs === undefined) return { tone: 'pending', text: '…', label: traffic.inFlight };
  return { tone: 'error', text: 'ERR', label: error ? engine(error.message) : detail.noAnswer };
}
