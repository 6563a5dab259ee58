/** The live exchange: one request on its way, changed in place by the phases, handed to the recorder when it ends. */
import type { AttemptTimes } from './attempt-timings.ts';
import type { AttemptOutcome, ClientTls, ScriptTrace } from './contract/exchange.ts';
import type { ProxyError } from './errors.ts';
import type { Headers } from './http/headers.ts';
import type { Framing, RequestHead, ResponseHead } from './http/message.ts';
import type { RequestSubject } from './match/subject.ts';
import { newRequestId } from './request-id.ts';
import { addInterim, type HeadSnapshot, type TracedRule } from './rules/trace.ts';

/** One try at one backend. Times are `Clock.now()` milliseconds; -1: has not happened. */
export class LiveAttempt implements AttemptTimes {
  backend = '';
  address = '';
  why = '';
  outcome: AttemptOutcome = 'pending';
  status = 0;
  error: ProxyError | null = null;
  reused = false;
  /** `HTTP/1.1`, `HTTP/2`; empty: not connected. */
  protocol = '';
  /** The failure made on purpose that it suffered, in words. */
  fault: string | null = null;
  startedAt = -1;
  delayedUntil = -1;
  dnsEndAt = -1;
  connectedAt = -1;
  tlsEndAt = -1;
  sentAt = -1;
  headAt = -1;
  endedAt = -1;
  bytesSent = 0;
  bytesReceived = 0;
}

/** The request line and headers as rules leave them: what will be sent. */
export interface OutgoingRequest {
  method: string;
  scheme: string;
  /** host[:port] */
  authority: string;
  /** Path with query. */
  target: string;
  headers: Headers;
  /** A rule, a script or a person wrote the Host line: the backend gets that one, whatever `preserveHost` says. */
  hostWritten: boolean;
  /** How its body goes out; changes when the body is edited. */
  framing: Framing;
}

export interface OutgoingResponse {
  status: number;
  reason: string;
  headers: Headers;
}

export class LiveExchange implements RequestSubject {
  readonly id: number;
  /** `Clock.now()` milliseconds. */
  readonly startedAt: number;
  readonly listener: string;
  readonly scheme: string;
  /** `HTTP/1.1`, `HTTP/2` */
  readonly protocol: string;
  readonly clientIp: string;
  readonly clientPort: number;
  /** TLS of the client's connection; null: it came in clear. */
  tls: ClientTls | null = null;
  /** Address of the other end of the connection: the client, or the last of the trusted proxies that the request came through. */
  peerIp = '';
  /** Whether `peerIp` is a trusted proxy: then its X-Forwarded-* are kept. */
  trustsPeer = false;
  /** Whether it came to a forward listener, and may go where its client says. */
  forward = false;
  /** Where the client asked to be taken before it sent this request (CONNECT, SOCKS5). */
  destination: { host: string; port: number } | null = null;
  /** Epoch milliseconds at which it began, of an exchange that was recorded elsewhere; null: `startedAt` says it. */
  epochAt: number | null = null;
  /** As the client sent it. */
  readonly request: RequestHead;
  /** Path and query that the client asked for, also when its target is a whole URL; of a CONNECT its target. */
  readonly pathAndQuery: string;
  /** As it will be sent; starts as a view of `request`, rules change it. */
  outgoing: OutgoingRequest;
  route: string | undefined = undefined;
  pool: string | undefined = undefined;
  backend: string | undefined = undefined;
  readonly attempts: LiveAttempt[] = [];
  /** Rules that held, in order, and what they do; null until one did. Each is shared by all exchanges that it held for. */
  traces: TracedRule[] | null = null;
  /** Values in `traces` that differ from exchange to exchange, in order; null until there is one. */
  traceValues: string[] | null = null;
  /** Heads after changes that `traces` cannot tell, such as those of a script or a person; null until there is one. */
  snapshots: HeadSnapshot[] | null = null;
  /** Scripts that ran, null until one did. */
  scripts: ScriptTrace[] | null = null;
  /** Text of the request head as it went to the last backend; null: none has got it. */
  sentHead: string | null = null;
  /** The head as the backend gave it; null: none has answered. */
  response: ResponseHead | null = null;
  /** As the client gets it; null until the response phase. */
  answered: OutgoingResponse | null = null;
  requestTrailers: Headers | null = null;
  responseTrailers: Headers | null = null;
  requestSizeBytes = 0;
  responseSizeBytes = 0;
  /** `Clock.now()`; -1: not yet. */
  headAt = -1;
  endedAt = -1;
  error: ProxyError | null = null;
  /** Answered by a rule, a route or by the proxy itself. */
  mocked = false;
  /** Switchyard itself sent it: composed by a person, or recorded before. */
  replayed = false;
  mark: { color?: string; note?: string } | null = null;
  /** A copy for a mirror: no client gets its answer. */
  isCopy = false;
  /** Rules that held on the request and have something to do on the response, in order; kept by rules/rule-set. */
  responseRules: unknown[] | null = null;
  /** Host that the request is for, in lower case without brackets, and its port, as rules leave them. */
  host: string;
  port: number;
  /** Index among the exchanges that have begun and are not recorded yet; -1: it is none of them. Kept by the capture store. */
  freshAt = -1;
  /** Bodies of which nothing more is recorded, because the disk could not keep up. Kept by the capture store. */
  leavesOut: 'request' | 'response' | 'both' | null = null;
  /** Something of it was recorded before its end, which has to follow. Kept by the capture store. */
  awaitsEnd = false;
  private ownRequestId: string | null = null;

  constructor(
    id: number,
    startedAt: number,
    from: { listener: string; scheme: string; protocol: string; clientIp: string; clientPort: number },
    request: RequestHead,
    target: { host: string; port: number; pathAndQuery: string },
  ) {
    this.id = id;
    this.startedAt = startedAt;
    this.listener = from.listener;
    this.scheme = from.scheme;
    this.protocol = from.protocol;
    this.clientIp = from.clientIp;
    this.peerIp = from.clientIp;
    this.clientPort = from.clientPort;
    this.request = request;
    this.pathAndQuery = target.pathAndQuery || request.target;
    this.host = target.host;
    this.port = target.port;
    this.outgoing = {
      method: request.method,
      scheme: from.scheme,
      authority: request.authority,
      target: target.pathAndQuery,
      headers: request.headers,
      hostWritten: false,
      framing: request.framing,
    };
  }

  // What later rules see is what earlier ones left: the subject reads the outgoing request.
  get method(): string {
    return this.outgoing.method;
  }

  get path(): string {
    const { target } = this.outgoing;
    const cut = target.indexOf('?');
    return cut < 0 ? target : target.slice(0, cut);
  }

  get query(): string {
    const { target } = this.outgoing;
    const cut = target.indexOf('?');
    return cut < 0 ? '' : target.slice(cut + 1);
  }

  get target(): string {
    return this.outgoing.target;
  }

  get url(): string {
    return `${this.outgoing.scheme}://${this.outgoing.authority}${this.outgoing.target}`;
  }

  get websocket(): boolean {
    return this.request.upgrade?.toLowerCase() === 'websocket';
  }

  /** Whether it asks for another protocol that is relayed when the backend takes it: WebSocket, `tcp`, SPDY … not h2c or TLS. */
  get switches(): boolean {
    const { upgrade } = this.request;
    return upgrade !== null && !OF_ONE_CONNECTION.test(upgrade);
  }

  get grpc(): boolean {
    return this.request.headers.get('content-type')?.startsWith('application/grpc') ?? false;
  }

  /** The id that this exchange carries upstream: its x-request-id as rules left it, else 32 hex digits made when first asked for. */
  get requestId(): string {
    return this.outgoing.headers.get('x-request-id') ?? (this.ownRequestId ??= newRequestId());
  }

  /** The first of that name; of cookies all, as the lines of HTTP/2 are joined (RFC 9113 §8.2.3): clients should send one line, and do not. */
  requestHeader(lowerName: string): string | undefined {
    const { headers } = this.outgoing;
    return lowerName === 'cookie' ? headers.getList(lowerName, '; ') : headers.get(lowerName);
  }

  /** Something that a person who looks at this exchange should know. */
  note(text: string): void {
    const before = this.mark?.note;
    this.mark = { color: 'amber', ...this.mark, note: before ? `${before}; ${text}` : text };
  }

  /** Notes that a rule has held; null: one that there is nothing to say of. */
  trace(rule: TracedRule | null): void {
    if (rule !== null) (this.traces ??= []).push(rule);
  }

  /** Notes the value of a change that the trace of the rule leaves open, and gives it back. */
  traceValue(value: string): string {
    (this.traceValues ??= []).push(value);
    return value;
  }

  /** Notes the head of that phase as it stands after `action`: something that `rule` did, or one of `OWN_STEPS`. */
  traceHead(phase: 'request' | 'response', action: string, rule: string | null = null): void {
    const { outgoing, answered } = this;
    const [line, headers] =
      phase === 'request'
        ? [`${outgoing.method} ${outgoing.target}`, outgoing.headers]
        : [`${answered?.status} ${answered?.reason}`, answered?.headers];
    (this.snapshots ??= []).push({ phase, rule, action, line, flat: headers ? [...headers.flat] : [] });
  }

  traceInterim({ status, reason, headers }: ResponseHead): void {
    addInterim((this.snapshots ??= []), status, reason, headers.flat);
  }

  /** To be called before rules act on a response: notes its head when it is our own, or no longer as the backend gave it. */
  traceOwnResponse(): void {
    if (this.answered?.headers !== this.response?.headers) this.traceHead('response', 'prepare');
  }

  /** The outgoing headers, to be changed. The first call copies them: what the client sent stays as it was. */
  editRequestHeaders(): Headers {
    if (this.outgoing.headers === this.request.headers) this.outgoing.headers = this.request.headers.clone();
    return this.outgoing.headers;
  }

  /** Somebody has written the Host line: the backend is told that, whatever `preserveHost` says. */
  writeHost(value: string): void {
    this.editRequestHeaders().set('Host', value);
    this.outgoing.hostWritten = true;
  }

  /** The same for the response; only in the response phase. */
  editResponseHeaders(): Headers {
    const answered = this.answered!;
    if (answered.headers === this.response?.headers) answered.headers = answered.headers.clone();
    return answered.headers;
  }
}

/** Of the answer; of one whose client left before there was any, 499 (nginx), which nobody was sent. 0: none. */
export function recordedStatus({ answered, error }: LiveExchange): number {
  return answered?.status ?? (error?.code === 'CLIENT_GONE' ? error.status : 0);
}

/** Upgrades that concern the connection between a client and its next hop only, and are not relayed (RFC 9113 §3.1, RFC 2817). */
const OF_ONE_CONNECTION = /^(h2c|http|tls)/i;
