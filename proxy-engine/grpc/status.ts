/** What a gRPC client hears of an exchange that the proxy could not carry: HTTP 200 and a gRPC status (grpc/doc/http-grpc-status-mapping.md). */
import type { ProxyError } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import { toWire } from '../match/wire-text.ts';

const STATUS = {
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

type GrpcStatus = (typeof STATUS)[keyof typeof STATUS];

/** Whether a message is gRPC: `application/grpc`, with or without a suffix; gRPC-Web, which HTTP/1.1 carries as well, is not meant. */
export function isGrpc(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/grpc(?:[+; ]|$)/i.test(contentType);
}

export function grpcStatusOf({ code, status }: Pick<ProxyError, 'code' | 'status'>): GrpcStatus {
  return code === 'TOTAL_TIMEOUT' || code === 'DEADLINE_EXCEEDED' ? STATUS.deadlineExceeded : ofHttp(status);
}

function ofHttp(httpStatus: number): GrpcStatus {
  switch (httpStatus) {
    case 400:
      return STATUS.internal;
    case 401:
      return STATUS.unauthenticated;
    case 403:
      return STATUS.permissionDenied;
    case 404:
      return STATUS.unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return STATUS.unavailable;
    default:
      return STATUS.unknown;
  }
}

/** A trailers-only answer: all that there is to say stands in the head, and no body follows. */
export function grpcErrorHeaders(error: ProxyError, pool: string | undefined): Headers {
  const headers = new Headers(['content-type', 'application/grpc', ...statusLines(error)]);
  if (pool !== undefined) headers.append('x-switchyard-pool', toWire(pool));
  return headers;
}

/** The end of a response that had begun. */
export function grpcErrorTrailers(error: ProxyError): Headers {
  return new Headers(statusLines(error));
}

function statusLines(error: ProxyError): string[] {
  const message = percentEncode(error.message);
  return ['grpc-status', String(grpcStatusOf(error)), 'grpc-message', message, 'x-switchyard-error', error.code];
}

/** gRPC over HTTP/2, Status-Message: UTF-8, everything but printable ASCII percent-encoded. */
function percentEncode(message: string): string {
  let text = '';
  for (const byte of Buffer.from(message))
    text +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return text;
}

const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** `grpc-timeout` in milliseconds; null when it is not there or not valid (at most 8 digits and a unit). */
export function grpcTimeoutMs(value: string | undefined): number | null {
  const match = /^(\d{1,8})([HMSmun])$/.exec(value ?? '');
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0) : null;
}
