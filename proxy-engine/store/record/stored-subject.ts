import type { HeaderLines } from '../../contract/exchange.ts';
import { isEventStream } from '../../http/media-type.ts';
import type { ExchangeSubject } from '../../match/subject.ts';
import { headerLines, headLines, type StoredExchange } from './stored-exchange.ts';

/** The bodies of a kept exchange as text. */
export interface BodyTexts {
  body(stored: StoredExchange, side: 'request' | 'response'): string | undefined;
  form(stored: StoredExchange, side: 'request' | 'response'): string | undefined;
}

/** A kept exchange as the expression language sees it. */
export class StoredSubject implements ExchangeSubject {
  readonly #stored: StoredExchange;
  readonly #texts: BodyTexts | null;

  /** `texts`: null where nobody asks for bodies. */
  constructor(stored: StoredExchange, texts: BodyTexts | null) {
    this.#stored = stored;
    this.#texts = texts;
  }

  get method() {
    return this.#stored.row.method;
  }
  get scheme() {
    return this.#stored.row.scheme;
  }
  get host() {
    return this.#stored.row.host
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
  }
  get port() {
    return Number(/:(\d+)$/.exec(this.#stored.row.host)?.[1] ?? (this.scheme === 'https' ? 443 : 80));
  }
  get path() {
    return this.#stored.row.path.split('?', 1)[0] as string;
  }
  get query() {
    const cut = this.#stored.row.path.indexOf('?');
    return cut < 0 ? '' : this.#stored.row.path.slice(cut + 1);
  }
  get url() {
    return `${this.scheme}://${this.#stored.row.host}${this.#stored.row.path}`;
  }
  get protocol() {
    return this.#stored.row.protocol;
  }
  get listener() {
    return this.#stored.row.listener;
  }
  get clientIp() {
    return this.#stored.client.address;
  }
  get websocket() {
    return this.requestHeader('upgrade')?.toLowerCase() === 'websocket';
  }
  get grpc() {
    return this.requestHeader('content-type')?.startsWith('application/grpc') ?? false;
  }
  get route() {
    return this.#stored.row.route;
  }
  get pool() {
    return this.#stored.row.pool;
  }
  get backend() {
    return this.#stored.row.backend;
  }
  get rules() {
    return this.#stored.row.rules;
  }
  get error() {
    return this.#stored.row.error?.code;
  }
  get status() {
    return this.#stored.row.status;
  }
  get attempts() {
    return this.#stored.row.attempts;
  }
  get durationMs() {
    return this.#stored.row.durationMs;
  }
  get ttfbMs() {
    return this.#stored.ttfbMs;
  }
  get requestSizeBytes() {
    return this.#stored.row.requestSizeBytes;
  }
  get responseSizeBytes() {
    return this.#stored.row.responseSizeBytes;
  }
  get contentType() {
    return this.#stored.row.contentType;
  }
  get note() {
    return this.#stored.row.mark?.note;
  }
  get color() {
    return this.#stored.row.mark?.color;
  }
  get completed() {
    return this.#stored.row.durationMs !== undefined;
  }
  get failed() {
    return this.#stored.row.error !== undefined;
  }
  get tunnel() {
    return this.method === 'CONNECT';
  }
  get sse() {
    return isEventStream(this.contentType);
  }
  get mocked() {
    return this.attempts === 0;
  }
  get pinned() {
    return this.#stored.row.mark?.pinned ?? false;
  }
  get replayed() {
    return this.#stored.row.replayed ?? false;
  }
  requestHeader(lowerName: string) {
    const lines = valuesOf(headLines(this.#stored, 'request'), lowerName);
    return lowerName === 'cookie' && lines.length > 0 ? lines.join('; ') : lines[0];
  }
  responseHeader(lowerName: string) {
    return valuesOf(headLines(this.#stored, 'response'), lowerName)[0];
  }
  headerLines(side: 'request' | 'response', lowerName: string) {
    return valuesOf(headerLines(this.#stored, side), lowerName);
  }
  body(side: 'request' | 'response') {
    return this.#texts?.body(this.#stored, side);
  }
  formText(side: 'request' | 'response') {
    return this.#texts?.form(this.#stored, side);
  }
}

function valuesOf(headers: HeaderLines, lowerName: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === lowerName).map(([, value]) => value);
}
