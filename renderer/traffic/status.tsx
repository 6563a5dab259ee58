import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../app-context.tsx';
import type { Messages } from '../i18n/messages.ts';
import { grpcCode } from './detail/grpc-status.tsx';

interface StatusProps {
  row: Pick<ExchangeRow, 'status' | 'error' | 'durationMs' | 'grpcStatus'>;
}

/** The status code, with that of gRPC (`200/5`) where a call failed; `ERR` where the exchange ended without one, `…` while it is in flight. */
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
  { status, error, durationMs, grpcStatus = '0' }: StatusProps['row'],
  { traffic, detail, engine }: Messages,
): { tone: string; text: string; label?: string } {
  if (status !== undefined && grpcStatus !== '0') {
    const label = error ? engine(error.message) : `${status}, gRPC ${grpcCode(grpcStatus)}`;
    return { tone: 'error', text: `${status}/${grpcStatus.slice(0, 2)}`, label };
  }
  if (status !== undefined) return { tone: error ? 'error' : String(status).charAt(0), text: String(status) };
  if (!error && durationMs === undefined) return { tone: 'pending', text: '…', label: traffic.inFlight };
  return { tone: 'error', text: 'ERR', label: error ? engine(error.message) : detail.noAnswer };
}
