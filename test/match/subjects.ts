/** Exchanges to ask expressions about. */
import { LiveExchange } from '../../proxy-engine/exchange.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import type { ExchangeSubject } from '../../proxy-engine/match/subject.ts';

export interface SubjectParts
  extends Partial<Omit<ExchangeSubject, 'requestHeader' | 'responseHeader' | 'headerLines' | 'body' | 'formText'>> {
  requestHeaders?: Record<string, string>;
  responseHeaders?: Record<string, string>;
  requestBody?: string;
  responseBody?: string;
  requestForm?: string;
}

/** An exchange about which little is known; `parts` say more. */
export function subject(parts: SubjectParts = {}): ExchangeSubject {
  const { requestHeaders = {}, responseHeaders = {}, requestBody, responseBody, requestForm, ...fields } = parts;
  return {
    method: 'GET',
    scheme: 'http',
    host: 'api.localhost',
    port: 80,
    path: '/',
    query: '',
    url: 'http://api.localhost/',
    protocol: 'HTTP/1.1',
    listener: 'gateway',
    clientIp: '127.0.0.1',
    websocket: false,
    grpc: false,
    route: undefined,
    pool: undefined,
    backend: undefined,
    rules: [],
    error: undefined,
    status: undefined,
    attempts: 1,
    durationMs: undefined,
    ttfbMs: undefined,
    requestSizeBytes: 0,
    responseSizeBytes: 0,
    contentType: undefined,
    note: undefined,
    color: undefined,
    completed: false,
    failed: false,
    tunnel: false,
    sse: false,
    mocked: false,
    pinned: false,
    replayed: false,
    ...fields,
    requestHeader: (name) => requestHeaders[name],
    responseHeader: (name) => responseHeaders[name],
    headerLines: (side, name) => [(side === 'request' ? requestHeaders : responseHeaders)[name] ?? []].flat(),
    body: (side) => (side === 'request' ? requestBody : responseBody),
    formText: (side) => (side === 'request' ? requestForm : undefined),
  };
}

export interface LiveParts {
  method?: string;
  target?: string;
  authority?: string;
  headers?: [string, string][];
  listener?: string;
  clientIp?: string;
  protocol?: string;
}

/** A request as it came, on its way. */
export function liveExchange(parts: LiveParts = {}): LiveExchange {
  const {
    method = 'GET',
    target = '/',
    authority = 'api.localhost',
    listener = 'gateway',
    clientIp = '127.0.0.1',
    protocol = 'HTTP/1.1',
  } = parts;
  const headers = Headers.of([['Host', authority], ...(parts.headers ?? [])]);
  const [host = '', port] = authority.split(':');
  return new LiveExchange(
    7,
    0,
    { listener, scheme: 'http', protocol, clientIp, clientPort: 50_000 },
    {
      method,
      target,
      minor: 1,
      headers,
      framing: 'none',
      contentLength: 0,
      keepAlive: true,
      authority,
      upgrade: null,
      expectContinue: false,
      raw: new Uint8Array(),
    },
    { host, port: port ? Number(port) : 80, pathAndQuery: target },
  );
}

/** Gives it an answer, as the response phase finds it. */
export function answerWith(exchange: LiveExchange, status: number, headers: [string, string][] = []): LiveExchange {
  exchange.answered = { status, reason: '', headers: Headers.of(headers) };
  return exchange;
}
