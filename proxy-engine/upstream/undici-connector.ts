/**
 * The reference path: attempts through undici instead of our own codec, so that tests can compare the two. undici forwards
 * no `Expect`, request trailers and 1xx, and writes `host` and `connection` first; the rest must be the same.
 */
import { type Duplex, PassThrough } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import type { Backend } from '../balancer/backend.ts';
import { ProxyError } from '../errors.ts';
import type { LiveExchange } from '../exchange.ts';
import { readControlFields, responseFraming } from '../http/framing.ts';
import { Headers } from '../http/headers.ts';
import type { ResponseHead } from '../http/message.ts';
import { type BackendEvents, type BackendStream, timeoutError, type WaitsFor } from './backend-stream.ts';
import type { Connector } from './connector.ts';
import { type ForwardContext, forwardedHeaders, headText } from './forward-headers.ts';
import type { LaneOptions } from './lane-options.ts';

export class UndiciConnector implements Connector {
  readonly #clients = new Map<Backend, BusyClient[]>();

  get size(): number {
    return [...this.#clients.values()].reduce((sum, clients) => sum + clients.length, 0);
  }

  /** One client a connection, one exchange at a time on each: nothing waits behind a slow response. */
  lease(backend: Backend, options: LaneOptions, events: BackendEvents): void {
    if (options.hop) {
      events.onFailed(new ProxyError('UPSTREAM_PROXY_FAILED', 'the reference path goes through no upstream proxy'));
      return;
    }
    const clients = this.#clients.get(backend) ?? [];
    this.#clients.set(backend, clients);
    let client = clients.find(({ busy }) => !busy);
    if (!client) clients.push((client = connect(backend, options)));
    events.onConnected(new UndiciStream(client, events));
  }

  cancel(): void {}

  dropIdle(): void {}

  countOf(backend: Backend): number {
    return this.#clients.get(backend)?.length ?? 0;
  }

  retire(backend: Backend): void {
    for (const client of this.#clients.get(backend) ?? []) void client.close();
    this.#clients.delete(backend);
  }

  closeAll(): void {
    for (const client of [...this.#clients.values()].flat()) void client.destroy();
    this.#clients.clear();
  }
}

function connect(backend: Backend, { connectMs, idleMs, tls }: LaneOptions): BusyClient {
  const timeout = connectMs === Number.POSITIVE_INFINITY ? 0 : connectMs;
  const secure = backend.secure ? tls.options(backend.host, backend.port, ['http/1.1']) : {};
  return new BusyClient(new URL(backend.url).origin, {
    allowH2: false,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: Math.max(1, idleMs),
    connect: { ...secure, timeout } as NonNullable<Client.Options['connect']>,
  });
}

class BusyClient extends Client {
  busy = false;
  uses = 0;
}

class UndiciStream implements BackendStream, Dispatcher.DispatchHandler {
  readonly isTaken = true;
  readonly protocol = 'HTTP/1.1';
  deadlineAt = Number.POSITIVE_INFINITY;
  waitsFor: WaitsFor = 'connect';
  waitMs = 0;
  readonly uses: number;
  readonly #client: BusyClient;
  #events: BackendEvents | null;
  #body: PassThrough | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #upgraded: Duplex | null = null;
  #method = '';

  constructor(client: BusyClient, events: BackendEvents) {
    client.busy = true;
    this.uses = client.uses++;
    this.#client = client;
    this.#events = events;
  }

  // ── the attempt says ───────────────────────────────────────────────────────────────────────────────────────────────

  request(exchange: LiveExchange, context: ForwardContext): string {
    const { method, target, framing } = exchange.outgoing;
    const headers = forwardedHeaders(exchange, context);
    headers.delete('expect');
    if (framing !== 'none') {
      this.#body = new PassThrough();
      this.#body.on('drain', () => this.#events?.onUpstreamDrain());
    }
    this.#method = method;
    const upgrade = exchange.switches ? (exchange.request.upgrade ?? null) : null;
    this.#client.dispatch(
      { method: method as Dispatcher.HttpMethod, path: target, headers: [...headers.flat], body: this.#body, upgrade },
      this,
    );
    return headText(`${method} ${target} HTTP/1.1`, headers);
  }

  body(chunk: Buffer): void {
    this.#body?.write(chunk);
  }

  end(): void {
    this.#body?.end();
  }

  flush(): boolean {
    return !this.#body?.writableNeedDrain;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  detach(): Duplex {
    this.#events = null;
    if (!this.#upgraded) throw new Error('there was no 101');
    return this.#upgraded;
  }

  release(keep: boolean): void {
    this.#events = null;
    this.#client.busy = false;
    if (keep || this.#upgraded) return;
    this.#client.busy = true; // never again
    this.#body?.destroy();
    void this.#client.destroy();
  }

  onDeadline(): void {
    this.#fail(timeoutError(this));
    void this.#client.destroy();
  }

  // ── undici says ────────────────────────────────────────────────────────────────────────────────────────────────────

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _: unknown, socket: Duplex): void {
    this.#upgraded = socket;
    this.#events?.onUpgrade(this.#head(status, 'Switching Protocols', controller), Buffer.alloc(0));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason = ''): void {
    const head = this.#head(status, reason, controller);
    const events = this.#events;
    if (status < 200) events?.onInformation(head);
    else events?.onHead(head);
    events?.onTurnEnd();
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#events?.onBody(chunk);
    this.#events?.onTurnEnd();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    const trailers = new Headers(linesOf(controller.rawTrailers));
    const events = this.#events;
    events?.onEnd(trailers.size === 0 ? null : trailers);
    events?.onTurnEnd();
  }

  onResponseError(_: unknown, error: Error & { code?: string }): void {
    if (error.code?.startsWith('UND_ERR_CONNECT') || error.code === 'ECONNREFUSED')
      this.#fail(new ProxyError('CONNECT_REFUSED', `cannot connect (${error.code})`, { cause: error }));
    else if (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET')
      this.#fail(new ProxyError('RESET', error.message, { cause: error }));
    else this.#fail(new ProxyError('BAD_RESPONSE', error.message, { cause: error }));
  }

  #head(status: number, reason: string, controller: Dispatcher.DispatchController): ResponseHead {
    const headers = new Headers(linesOf(controller.rawHeaders));
    const control = readControlFields(headers.flat, 1);
    return {
      status,
      reason,
      minor: 1,
      headers,
      framing: responseFraming(control, status, this.#method),
      contentLength: control.contentLength,
      keepAlive: true,
      upgrade: control.upgrade === '' ? null : control.upgrade,
      raw: new Uint8Array(),
    };
  }

  #fail(error: ProxyError): void {
    const events = this.#events;
    this.#events = null;
    events?.onFailed(error);
  }
}

function linesOf(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : Buffer.from(part).toString('latin1')));
}
