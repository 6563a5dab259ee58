import { connect } from 'node:net';
import { ProxyError } from '../errors.ts';
import { tlsFailure } from '../tls/tls-failure.ts';
import { lookup } from '../upstream/lookup.ts';
import { onTcp } from '../upstream/self-connect.ts';

export interface ProbeResult {
  passed: boolean;
  /** `200 in 2 ms`, `connection refused`. */
  detail: string;
  tookMs: number;
}

/** Passes when a connection is accepted within the time. */
export function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = connect({ host, port, lookup });
    const timer = setTimeout(() => end(false, `no connection within ${timeoutMs} ms`), timeoutMs);
    function end(passed: boolean, detail: string) {
      clearTimeout(timer);
      socket.destroy();
      resolve({ passed, detail, tookMs: performance.now() - startedAt });
    }
    onTcp(socket, () => end(true, 'accepts connections'));
    socket.on('error', (error) => end(false, failureDetail(error)));
  });
}

/** A failed connection in the words that people see. */
export function failureDetail(error: Error & { code?: string }): string {
  if (error instanceof ProxyError)
    return error.code === 'TLS_FAILED' || !(error.cause instanceof Error) ? error.message : failureDetail(error.cause);
  if (error.code?.startsWith('HPE_')) return 'malformed response';
  if (error.code?.startsWith('ERR_HTTP2_')) return 'what it sent is not HTTP/2';
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'connection reset';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'name not found';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'unreachable';
    default:
      return tlsFailure(error) ?? error.code ?? error.message;
  }
}
