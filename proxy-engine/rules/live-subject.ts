/** A live exchange as expressions of response rules see it: everything that is known when the response head is there. */
import type { LiveExchange } from '../exchange.ts';
import { isEventStream } from '../http/media-type.ts';
import type { ExchangeSubject } from '../match/subject.ts';

export class LiveSubject implements ExchangeSubject {
  readonly #exchange: LiveExchange;

  constructor(exchange: LiveExchange) {
    this.#exchange = exchange;
  }

  get method() {
    return this.#exchange.method;
  }
  get scheme() {
    return this.#exchange.scheme;
  }
  get host() {
    return this.#exchange.host;
  }
  get port() {
    return this.#exchange.port;
  }
  get path() {
    return this.#exchange.path;
  }
  get query() {
    return this.#exchange.query;
  }
  get url() {
    return this.#exchange.url;
  }
  get protocol() {
    return this.#exchange.protocol;
  }
  get listener() {
    return this.#exchange.listener;
  }
  get clientIp() {
    return this.#exchange.clientIp;
  }
  get websocket() {
    return this.#exchange.websocket;
  }
  get grpc() {
    return this.#exchange.grpc;
  }
  get route() {
    return this.#exchange.route;
  }
  get pool() {
    return this.#exchange.pool;
  }
  get backend() {
    return this.#exchange.backend;
  }
  get rules(): readonly string[] {
    return this.#exchange.traces?.map(({ name }) => name) ?? [];
  }
  get error() {
    return this.#exchange.error?.code;
  }
  get status() {
    return this.#exchange.answered?.status;
  }
  get attempts() {
    return this.#exchange.attempts.length;
  }
  get durationMs() {
    const { startedAt, endedAt } = this.#exchange;
    return endedAt < 0 ? undefined : endedAt - startedAt;
  }
  get ttfbMs() {
    const { startedAt, headAt } = this.#exchange;
    return headAt < 0 ? undefined : headAt - startedAt;
  }
  get requestSizeBytes() {
    return this.#exchange.requestSizeBytes;
  }
  get responseSizeBytes() {
    return this.#exchange.responseSizeBytes;
  }
  get contentType() {
    return this.responseHeader('content-type');
  }
  get note() {
    return this.#exchange.mark?.note;
  }
  get color() {
    return this.#exchange.mark?.color;
  }
  get completed() {
    return this.#exchange.endedAt >= 0;
  }
  get failed() {
    return this.#exchange.error !== null;
  }
  get tunnel() {
    return this.#exchange.method === 'CONNECT';
  }
  get sse() {
    return isEventStream(this.contentType);
  }
  get mocked() {
    return this.#exchange.mocked;
  }
  get pinned() {
    return false;
  }
  get replayed() {
    return this.#exchange.replayed;
  }

  requestHeader(lowerName: string): string | undefined {
    return this.#exchange.requestHeader(lowerName);
  }

  responseHeader(lowerName: string): string | undefined {
    return this.#exchange.answered?.headers.get(lowerName);
  }

  headerLines(side: 'request' | 'response', lowerName: string): readonly string[] {
    const head = side === 'request' ? this.#exchange.outgoing : this.#exchange.answered;
    return head?.headers.getAll(lowerName) ?? [];
  }

  /** Not known when rules act; expressions that ask are refused when the config is read. */
  body(): undefined {
    return undefined;
  }

  formText(): undefined {
    return undefined;
  }
}
