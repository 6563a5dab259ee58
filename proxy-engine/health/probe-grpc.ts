/** The standard health service, `grpc.health.v1.Health/Check` for the whole server, over HTTP/2. */
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { type Answer, askOnce, type ProbeLane, probeAuthority } from './probe-connection.ts';
import { http2Headers } from './probe-http.ts';
import { failureDetail, type ProbeResult } from './probe-tcp.ts';

/** Length-prefixed message: not compressed, an empty HealthCheckRequest. */
const EMPTY_REQUEST = Buffer.alloc(5);
const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Passes when the server says SERVING. */
export async function probeGrpc(backend: Backend, check: HealthCheckConfig, lane: ProbeLane): Promise<ProbeResult> {
  const startedAt = performance.now();
  const { passed, detail } = await askOnce(backend, check, lane, 'http2', (socket) =>
    askServing(socket, backend, check),
  ).catch((error: Error) => ({ passed: false, detail: failureDetail(error) }));
  return { passed, detail, tookMs: performance.now() - startedAt };
}

function askServing(socket: Socket, backend: Backend, check: HealthCheckConfig): Promise<Answer> {
  return new Promise((resolve) => {
    const end = (detail: string) => resolve({ passed: detail === 'SERVING', detail });
    const scheme = backend.secure ? 'https' : 'http';
    const session = connect(`${scheme}://${probeAuthority(backend, check)}`, { createConnection: () => socket });
    session.on('error', (error) => end(failureDetail(error)));
    session.on('close', () => end('connection closed before an answer'));
    askHealth(session, check, end);
  });
}

function askHealth(session: ClientHttp2Session, check: HealthCheckConfig, end: (detail: string) => void): void {
  const stream = session.request({
    ...http2Headers(check),
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
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
