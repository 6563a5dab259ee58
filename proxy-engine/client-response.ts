/** What goes back to the client: a head, a body at full speed or at a rate, an end. */
import { reasonOf } from './answers.ts';
import type { Clock } from './clock.ts';
import type { ClientStream } from './downstream/client-stream.ts';
import type { LiveExchange } from './exchange.ts';
import type { Headers } from './http/headers.ts';
import { Pacer } from './pacer.ts';
import { correctHeaders } from './rules/body-edit.ts';

export class ClientResponse {
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #clock: Clock;
  #pacer: Pacer | null = null;
  #trailers: Headers | null = null;
  #silent = false;

  constructor(exchange: LiveExchange, client: ClientStream, clock: Clock) {
    this.#exchange = exchange;
    this.#client = client;
    this.#clock = clock;
  }

  /** From here on the body goes out at that rate. `onRoom`: the source may go on. `onPaced`: all is out, the end of the body too. */
  pace(bytesPerSecond: number, onRoom: () => void, onPaced: () => void): void {
    this.#pacer = new Pacer(this.#clock, bytesPerSecond, {
      write: (chunk) => {
        this.#client.body(chunk);
        return this.#client.flush();
      },
      onRoom,
      onDone: () => this.#paced(onPaced),
    });
  }

  /** The head that went out allows no body: none may follow. */
  get silent(): boolean {
    return this.#silent;
  }

  /** `length`: bytes of the body; -1: not known, 0: none. */
  head(length: number): void {
    const { answered, response } = this.#exchange;
    if (!answered) return;
    this.#silent = isBodyless(this.#exchange);
    if (length === 0 || answered.status === 204) this.#fitLength(answered.status);
    const { status, reason, headers } = answered;
    this.#client.respond(status, status === response?.status ? reason : reasonOf(status), headers, length);
  }

  /** Rules may have made another status of one that has no body, or that of a body one that has none (RFC 9110 §8.6). */
  #fitLength(status: number): void {
    const told = this.#exchange.answered?.headers.get('content-length');
    if (status === 204) {
      if (told !== undefined) this.#exchange.editResponseHeaders().delete('content-length');
    } else if (!this.#silent && told !== '0') correctHeaders(this.#exchange.editResponseHeaders(), 0);
  }

  /** False: enough is waiting; send no more for now. */
  body(chunk: Buffer): boolean {
    if (this.#pacer) return this.#pacer.push(chunk);
    this.#client.body(chunk);
    return true;
  }

  /** True: the client has been given everything. A response that is paced goes on for a while: `onPaced` tells when it has. */
  end(trailers: Headers | null): boolean {
    if (this.#pacer) {
      this.#trailers = trailers;
      this.#pacer.end();
      return false;
    }
    this.#client.end(trailers);
    return true;
  }

  #paced(onPaced: () => void): void {
    this.#client.end(this.#trailers);
    onPaced();
  }

  drained(): void {
    this.#pacer?.drained();
  }

  stop(): void {
    this.#pacer?.stop();
  }
}

/** Whether no body may go to the client, whatever the backend sent (RFC 9112 §6.3). */
export function isBodyless({ request, answered }: LiveExchange): boolean {
  const status = answered?.status ?? 0;
  return request.method === 'HEAD' || status === 204 || status === 304 || status < 200;
}
