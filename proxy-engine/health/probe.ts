/** One execution of a check. Resolves to what was seen; never rejects. */
import { connect } from 'node:net';
import { RE2JS } from 're2js';
import type { Backend } from '../balancer/backend.ts';
import type { HealthCheckConfig } from '../contract/config.ts';
import { isExpectedStatus } from './outcome.ts';

export interface ProbeResult {
  passed: boolean;
  /** `200 in 2 ms`, `connection refused`. */
  detail: string;
}

const MAX_BODY_BYTES = 64 * 1024;

export function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (passed: boolean, detail: string) => {
      socket.destroy();
      resolve({ passed, detail });
    };
    socket.setTimeout(timeoutMs, () => end(false, `no connection within ${timeoutMs} ms`));
    socket.once('connect', () => end(true, 'accepts connections'));
    socket.once('error', (error) => end(false, probeError(error)));
  });
}

export async function probeHttp(backend: Backend, check: HealthCheckConfig): Promise<ProbeResult> {
  const { request, Agent } = await import('undici');
  const dispatcher = new Agent({ allowH2: false, connect: { rejectUnauthorized: false, timeout: check.timeout } });
  const startedAt = performance.now();
  const host = backend.host.includes(':') ? `[${backend.host}]` : backend.host;
  try {
    const response = await request(
      `${backend.secure ? 'https' : 'http'}://${host}:${check.port ?? backend.port}${check.path}`,
      {
        dispatcher,
        method: check.method as 'GET',
        headers: {
          'user-agent': 'switchyard-health-check',
          ...(check.host ? { host: check.host } : {}),
          ...check.headers,
        },
        signal: AbortSignal.timeout(check.timeout),
      },
    );
    const body = check.expectBody === undefined ? (await response.body.dump(), '') : await readStart(response.body);
    if (!isExpectedStatus(response.statusCode, check.expectStatus))
      return { passed: false, detail: `answered ${response.statusCode}` };
    if (check.expectBody !== undefined && !bodyMatches(body, check.expectBody))
      return { passed: false, detail: `the body does not contain ${check.expectBody}` };
    return { passed: true, detail: `${response.statusCode} in ${Math.round(performance.now() - startedAt)} ms` };
  } catch (error) {
    return { passed: false, detail: probeError(error as Error) };
  } finally {
    void dispatcher.destroy();
  }
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

function bodyMatches(body: string, expected: string): boolean {
  const pattern = /^\/(.*)\/$/s.exec(expected)?.[1];
  return pattern === undefined ? body.includes(expected) : RE2JS.compile(pattern).matcher(body).find();
}

function probeError(error: Error & { code?: string }): string {
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error.code === 'ECONNREFUSED') return 'connection refused';
  if (error.code === 'ECONNRESET' || error.code === 'UND_ERR_SOCKET') return 'connection reset';
  return error.code ?? error.message;
}
