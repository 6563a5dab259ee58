import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { RE2JS } from 're2js';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { toWire } from '../match/wire-text.ts';
import { bodyPattern, isExpectedStatus } from './outcome.ts';
import { type Answer, askOnce, type ProbeLane, probeAuthority } from './probe-connection.ts';
import { failureDetail, type ProbeResult } from './probe-tcp.ts';

/** What of the body is compared with `expectBody`. */
const MAX_BODY_BYTES = 64 * 1024;

/** One request on a connection of its own, in the protocol that the traffic would have. */
export async function probeHttp(backend: Backend, check: HealthCheckConfig, lane: ProbeLane): Promise<ProbeResult> {
  const startedAt = performance.now();
  const speaks = spokenTo(backend, lane);
  const { passed, detail } = await askOnce(backend, check, lane, speaks, (socket, protocol) =>
    protocol === 'http2' ? askHttp2(socket, backend, check) : askHttp1(socket, backend, check),
  ).catch((error: Error) => ({ passed: false, detail: failureDetail(error) }));
  const tookMs = performance.now() - startedAt;
  return { passed, detail: passed ? `${detail} in ${Math.round(tookMs)} ms` : detail, tookMs };
}

function spokenTo({ secure }: Backend, { protocol }: ProbeLane) {
  if (protocol !== 'auto') return protocol;
  return secure ? 'either' : 'http1';
}

function askHttp1(socket: Socket, backend: Backend, check: HealthCheckConfig): Promise<Answer> {
  const headers = { host: probeAuthority(backend, check), ...probeHeaders(check), connection: 'close' };
  return new Promise((resolve, reject) => {
    const { path, method } = check;
    request({ path, method, headers, createConnection: () => socket })
      .on('error', reject)
      .on('response', (response: IncomingMessage) =>
        judge(response.statusCode ?? 0, response, check).then(resolve, reject),
      )
      .end();
  });
}

function askHttp2(socket: Socket, backend: Backend, check: HealthCheckConfig): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const scheme = backend.secure ? 'https' : 'http';
    const session = connect(`${scheme}://${probeAuthority(backend, check)}`, { createConnection: () => socket });
    session.on('error', reject);
    session.on('close', () => reject(new Error('connection closed before an answer')));
    const stream = session.request({ ':method': check.method, ':path': check.path, ...http2Headers(check) });
    stream.on('error', reject);
    stream.on('response', ({ ':status': status = 0 }) => judge(status, stream, check).then(resolve, reject));
    stream.end();
  });
}

async function judge(status: number, body: AsyncIterable<Uint8Array>, check: HealthCheckConfig): Promise<Answer> {
  if (!isExpectedStatus(status, check.expectStatus)) return { passed: false, detail: `answered ${status}` };
  if (check.expectBody !== undefined && !bodyMatches(await readStart(body), check.expectBody))
    return { passed: false, detail: 'the body does not match expectBody' };
  return { passed: true, detail: String(status) };
}

function probeHeaders(check: HealthCheckConfig): Record<string, string> {
  const own = Object.entries(check.headers).map(([name, value]) => [name.toLowerCase(), toWire(value)] as const);
  return {
    'user-agent': 'switchyard-health-check',
    ...(check.host ? { host: check.host } : {}),
    ...Object.fromEntries(own),
  };
}

/** The host goes into `:authority`, and nothing speaks of the connection (RFC 9113 §8.2.2, §8.3.1). */
export function http2Headers(check: HealthCheckConfig): Record<string, string> {
  const { host, connection: _, ...headers } = probeHeaders(check);
  return { ...(host === undefined ? {} : { ':authority': host }), ...headers };
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `expected` is a substring, or a `/pattern/` (RE2). */
export function bodyMatches(body: string, expected: string): boolean {
  const pattern = bodyPattern(expected);
  return pattern === null ? body.includes(expected) : RE2JS.compile(pattern).matcher(body).find();
}
