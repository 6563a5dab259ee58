/** The standard health service, `grpc.health.v1.Health/Check` for the whole server, over HTTP/2. */
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { lookup } from '../upstream/lookup.ts';
import { probeOrigin } from './probe-http.ts';
import { failureDetail, type ProbeResult } from './probe-tcp.ts';

/** Length-prefixed message: not compressed, an empty HealthCheckRequest. */
const EMPTY_REQUEST = Buffer.alloc(5);
const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Passes when the server says SERVING. */
export function probeGrpc(backend: Backend, check: HealthCheckConfig): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const session = connect(probeOrigin(backend, check), { rejectUnauthorized: false, lookup });
    const timer = setTimeout(() => end(`no answer within ${check.timeout} ms`), check.timeout);
    function end(detail: string) {
      clearTimeout(timer);
      session.destroy();
      resolve({ passed: detail === 'SERVING', detail, tookMs: performance.now() - startedAt });
    }
    session.on('error', (error) => end(failureDetail(error)));
    askHealth(session, check, end);
  });
}

function askHealth(session: ClientHttp2Session, check: HealthCheckConfig, end: (detail: string) => void): void {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    ...(check.host === undefined ? {} : { ':authority': check.host }),
    'content-type': 'application/grpc',
    te: 'trailers',
    ...check.headers,
  });
  const chunks: Buffer[] = [];
  let grpcStatus: unknown = '0';
  stream.on('response', (headers: IncomingHttpHeaders & { ':status'?: number }) => {
    grpcStatus = headers['grpc-status'] ?? grpcStatus;
    if (headers[':status'] !== 200) end(`answered ${headers[':status']}`);
  });
  stream.on('trailers', (trailers: IncomingHttpHeaders) => {
    grpcStatus = trailers['grpc-status'] ?? grpcStatus;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A stream that ends with its connection says what ended that.
  stream.on('error', (error) => end(failureDetail(error.cause instanceof Error ? error.cause : error)));
  stream.on('end', () =>
    end(grpcStatus === '0' ? servingStatus(Buffer.concat(chunks)) : `grpc-status ${String(grpcStatus)}`),
  );
  stream.end(EMPTY_REQUEST);
}

/** The status in a length-prefixed HealthCheckResponse: field 1, a varint; absent means 0. */
export function servingStatus(message: Uint8Array): string {
  if (message.length < 5) return 'no health in the answer';
  return SERVING_STATUS[message[5] === 0x08 ? (message[6] ?? 0) : 0] ?? 'UNKNOWN';
}
