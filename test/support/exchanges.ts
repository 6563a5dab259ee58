/** Exchanges as the walk would hold them, for tests of what is asked about them. */
import { LiveExchange } from '../../proxy-engine/exchange.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import type { HeldMessage } from '../../proxy-engine/rules/verdict.ts';

let nextId = 1;

export interface MessageOptions {
  phase?: 'request' | 'response';
  method?: string;
  target?: string;
  headers?: [string, string][];
  responseHeaders?: [string, string][];
  body?: string;
}

export function heldMessage(options: MessageOptions = {}): HeldMessage {
  const { phase = 'request', method = 'GET', target = '/v1/items?page=2', body = '' } = options;
  const headers = Headers.of([['Host', 'api.test'], ...(options.headers ?? [])]);
  const request = {
    method,
    target,
    minor: 1,
    headers,
    framing: 'none' as const,
    contentLength: 0,
    keepAlive: true,
    authority: 'api.test',
    upgrade: null,
    expectContinue: false,
    raw: new Uint8Array(),
  };
  const from = { listener: 'gateway', scheme: 'http', protocol: 'HTTP/1.1', clientIp: '127.0.0.1', clientPort: 5 };
  const to = { host: 'api.test', port: 80, pathAndQuery: target };
  const exchange = new LiveExchange(nextId++, 0, from, request, to);
  if (phase === 'response')
    exchange.answered = { status: 200, reason: 'OK', headers: Headers.of(options.responseHeaders ?? []) };
  return { exchange, phase, body: Buffer.from(body), bodyComplete: true, sizeBytes: Buffer.byteLength(body) };
}
