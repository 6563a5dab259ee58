import { RE2JS } from 're2js';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { lookup } from '../upstream/lookup.ts';
import { isExpectedStatus } from './outcome.ts';
import { failureDetail, type ProbeResult } from './probe-tcp.ts';

/** What of the body is compared with `expectBody`. */
const MAX_BODY_BYTES = 64 * 1024;

type Answer = Pick<ProbeResult, 'passed' | 'detail'>;

/** One request on a connection of its own. Certificates are not verified: that is asked of the traffic, not of the check. */
export async function probeHttp(backend: Backend, check: HealthCheckConfig): Promise<ProbeResult> {
  const startedAt = performance.now();
  const { passed, detail } = await ask(backend, check).catch((error: Error) => failedAnswer(error, check.timeout));
  const tookMs = performance.now() - startedAt;
  return { passed, detail: passed ? `${detail} in ${Math.round(tookMs)} ms` : detail, tookMs };
}

async function ask(backend: Backend, check: HealthCheckConfig): Promise<Answer> {
  const { Client } = await import('undici');
  const client = new Client(probeOrigin(backend, check), {
    allowH2: false,
    connect: { rejectUnauthorized: false, timeout: check.timeout, lookup },
  });
  try {
    const { statusCode, body } = await client.request({
      path: check.path,
      method: check.method as 'GET',
      headers: probeHeaders(check),
      signal: AbortSignal.timeout(check.timeout),
    });
    if (!isExpectedStatus(statusCode, check.expectStatus)) return { passed: false, detail: `answered ${statusCode}` };
    if (check.expectBody !== undefined && !bodyMatches(await readStart(body), check.expectBody))
      return { passed: false, detail: `the body does not match ${check.expectBody}` };
    return { passed: true, detail: String(statusCode) };
  } finally {
    client.destroy().catch(() => {});
  }
}

function failedAnswer(error: Error & { code?: string }, timeoutMs: number): Answer {
  const isLate = error.name === 'TimeoutError' || error.code === 'UND_ERR_CONNECT_TIMEOUT';
  return { passed: false, detail: isLate ? `no answer within ${timeoutMs} ms` : failureDetail(error) };
}

function probeHeaders(check: HealthCheckConfig): Record<string, string> {
  return { 'user-agent': 'switchyard-health-check', ...(check.host ? { host: check.host } : {}), ...check.headers };
}

/** `http://host:port` that a check talks to. */
export function probeOrigin(backend: Backend, check: HealthCheckConfig): string {
  const host = backend.host.includes(':') ? `[${backend.host}]` : backend.host;
  return `${backend.secure ? 'https' : 'http'}://${host}:${check.port ?? backend.port}`;
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
  const pattern = /^\/(.*)\/$/s.exec(expected)?.[1];
  return pattern === undefined ? body.includes(expected) : RE2JS.compile(pattern).matcher(body).find();
}
