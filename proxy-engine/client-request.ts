/** The body of a request on its way from the client: recorded, let through at full speed or at a rate, kept as far as it may be sent again, copied to a mirror. */
import type { Attempts } from './attempts.ts';
import { BufferedBody } from './buffered-body.ts';
import type { ClientStream } from './downstream/client-stream.ts';
import type { LiveExchange } from './exchange.ts';
import type { Headers } from './http/headers.ts';
import { Mirror } from './mirror.ts';
import { Pacer } from './pacer.ts';
import type { ProxyContext } from './proxy-context.ts';

/** Kept until the pool says how much of it (`retry.bufferBytes`). */
const DEFAULT_BUFFER_BYTES = 64 * 1024;

export class ClientRequest {
  readonly body = new BufferedBody(DEFAULT_BUFFER_BYTES);
  readonly #exchange: LiveExchange;
  readonly #client: ClientStream;
  readonly #context: ProxyContext;
  #attempts: Attempts | null = null;
  #mirror: Mirror | null = null;
  #pacer: Pacer | null = null;
  #stopped = false;

  constructor(exchange: LiveExchange, client: ClientStream, context: ProxyContext) {
    this.#exchange = exchange;
    this.#client = client;
    this.#context = context;
  }

  /** From here on it comes at that rate. */
  pace(bytesPerSecond: number): void {
    this.#pacer = new Pacer(this.#context.clock, bytesPerSecond, {
      write: (chunk) => {
        this.#take(chunk);
        this.#flush();
        return true;
      },
      onRoom: () => this.#client.resume(),
      onDone: () => this.#end(),
    });
  }

  /** What comes from now on goes there too; what has come is in `body`. */
  goesTo(attempts: Attempts): void {
    this.#attempts = attempts;
  }

  /** `percent` of exchanges are copied; the copy goes on its own way, and this exchange never waits for it. */
  copyTo({ pool, percent }: { pool: string; percent: number }): void {
    if (this.#exchange.switches || this.#context.random() * 100 >= percent) return;
    const mirror = new Mirror((client) => this.#context.copy(this.#exchange, client, pool));
    for (const chunk of this.body.chunks) mirror.add(chunk);
    if (this.body.ended) mirror.finish();
    this.#mirror = mirror;
  }

  add(chunk: Buffer): void {
    this.#exchange.requestSizeBytes += chunk.length;
    this.#context.recorder?.body(this.#exchange, 'request', chunk);
    if (this.#stopped) return;
    if (!this.#pacer) this.#take(chunk);
    else if (!this.#pacer.push(chunk)) this.#client.pause();
  }

  #take(chunk: Buffer): void {
    if (this.body.replaced) return;
    this.body.add(chunk);
    this.#mirror?.add(chunk);
    const wantsMore = this.#attempts ? this.#attempts.bodyAdded(chunk) : !this.body.full;
    if (!wantsMore) this.#client.pause();
  }

  end(trailers: Headers | null): void {
    this.#exchange.requestTrailers = trailers;
    if (this.#pacer) this.#pacer.end();
    else this.#end();
  }

  #end(): void {
    this.body.end(this.#exchange.requestTrailers);
    this.#mirror?.finish();
    this.#attempts?.bodyEnded();
    if (this.#pacer) this.#flush();
  }

  /** The bytes of this turn have been handled. */
  turnEnd(): void {
    this.#mirror?.turnEnd();
    this.#flush();
  }

  #flush(): void {
    if (this.#attempts && !this.#attempts.flush()) this.#client.pause();
  }

  /** What still comes is recorded and dropped. */
  stop(): void {
    this.#stopped = true;
    this.#pacer?.stop();
    // The rest of the body will not come: the backend of the copy must neither wait for it nor be blamed.
    if (!this.body.ended) this.#mirror?.drop('the original has ended before its body was whole');
  }
}
