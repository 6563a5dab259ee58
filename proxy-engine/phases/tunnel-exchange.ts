import type { Socket } from 'node:net';
import { RELAY_IDLE_NOTE, relay } from '../downstream/relay.ts';
import type { ProxyError } from '../errors.ts';
import { LiveAttempt, type LiveExchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { Throttle } from '../rules/effects.ts';
import { linksOf } from '../rules/link.ts';
import type { UpstreamProxy } from '../upstream/upstream-proxy.ts';
import { limitedEnd, type RelayEnd } from './paced-end.ts';

const NO_BYTES = Buffer.alloc(0);

/** What a tunnel is recorded as: one exchange with one attempt at most, whose bodies are the bytes that pass. */
export class TunnelExchange {
  readonly live: LiveExchange;
  readonly #context: ProxyContext;
  #attempt: LiveAttempt | null = null;
  #inFlight = true;
  #done = false;

  constructor(live: LiveExchange, context: ProxyContext) {
    this.live = live;
    this.#context = context;
    context.load.inFlight++;
  }

  get done(): boolean {
    return this.#done;
  }

  beginAttempt(proxy: UpstreamProxy | null): void {
    const attempt = new LiveAttempt();
    attempt.backend = this.live.request.authority;
    attempt.address = attempt.backend;
    attempt.why = `the client asked for it${proxy ? `, through ${proxy.label}` : ''}`;
    attempt.startedAt = this.#context.clock.now();
    this.live.attempts.push(attempt);
    this.#attempt = attempt;
  }

  connected(): void {
    if (this.#attempt) this.#attempt.connectedAt = this.#context.clock.now();
  }

  attemptFailed(error: ProxyError): void {
    if (this.#attempt) this.#attempt.error = error;
  }

  /** From now on bytes pass unseen until both ends have closed, as `throttle` lets them; it shows while it goes on. */
  relay(entered: RelayEnd, outside: Socket, throttle: Throttle | null): void {
    this.#relayBegins();
    const { clock } = this.#context;
    const { socket: client, rest } = limitedEnd(entered, { links: linksOf(throttle?.up) }, clock);
    const { socket: backend } = limitedEnd(
      { socket: outside, rest: NO_BYTES },
      { links: linksOf(throttle?.down) },
      clock,
    );
    if (rest.length > 0) {
      this.#passed('up', rest);
      backend.write(rest);
    }
    relay(client, backend, this.#context, {
      onBytes: (direction, chunk) => this.#passed(direction, chunk),
      onIdle: () => {
        this.live.note(RELAY_IDLE_NOTE);
        client.destroy();
        backend.destroy();
      },
      onEnd: () => this.finish(),
    });
  }

  #relayBegins(): void {
    if (this.#attempt) {
      this.#attempt.sentAt = this.#context.clock.now();
      this.#attempt.outcome = 'answered';
    }
    this.#context.recorder?.opened(this.live);
    this.#context.onProgress();
  }

  #passed(direction: 'up' | 'down', { length }: Buffer): void {
    if (direction === 'up') this.live.requestSizeBytes += length;
    else this.live.responseSizeBytes += length;
  }

  /** It counts no longer as under way: it has ended, or the exchanges inside count. */
  leave(): void {
    if (this.#inFlight) this.#context.load.inFlight--;
    this.#inFlight = false;
  }

  /** Nothing came through it that is worth showing. */
  forget(): void {
    this.#done = true;
    this.leave();
  }

  finish(): void {
    if (this.#done) return;
    this.forget();
    const { clock, recorder, onFinished } = this.#context;
    const now = clock.now();
    this.live.endedAt = now;
    if (this.#attempt) {
      this.#attempt.endedAt = now;
      this.#attempt.outcome = this.live.error ? 'failed' : 'answered';
      this.#attempt.bytesSent = this.live.requestSizeBytes;
      this.#attempt.bytesReceived = this.live.responseSizeBytes;
    }
    recorder?.record(this.live);
    onFinished(this.live);
  }
}
