import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { wireText } from '../../../proxy-engine/contract/wire-text.ts';

/** Of gRPC (grpc/doc/statuscodes.md), by their number. */
const NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** How a call of gRPC ended: in its trailers, or in the head where no message came. HTTP says 200 whatever it was. */
export function grpcStatus({ response }: Pick<Exchange, 'response'>): { isOk: boolean; text: string } | null {
  const lines = response ? [...response.trailers, ...response.headers] : [];
  const valueOf = (wanted: string) => lines.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const code = valueOf('grpc-status');
  if (code === undefined) return null;
  const message = decoded(wireText(valueOf('grpc-message') ?? ''));
  const named = grpcCode(code);
  return { isOk: code === '0', text: message ? `${named}: ${message}` : named };
}

/** `5 NOT_FOUND` */
export function grpcCode(code: string): string {
  return [code, NAMES[Number(code)]].filter(Boolean).join(' ');
}

/** Percent-encoded UTF-8; what is not, stays as it is. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** With `gRPC` before it; nothing where it was no such call. */
export function GrpcStatus({ exchange }: { exchange: Pick<Exchange, 'response'> }) {
  const status = grpcStatus(exchange);
  if (!status) return null;
  return <span className={`status status-${status.isOk ? 2 : 'error'}`}>gRPC {status.text}</span>;
}
