import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import { timeoutError } from './backend-stream.ts';
import { connectFailure } from './connect-failure.ts';
import { type ConnectTarget, openSocket } from './open-socket.ts';

export interface DialEvents {
  /** The connection is up; its listeners are the caller's business from here on. */
  onSocket(socket: Socket, protocol: 'http1' | 'http2'): void;
  onFailed(error: ProxyError): void;
}

/** Opens a connection that may speak HTTP/2: in clear it is taken for granted, over TLS the backend chooses (ALPN). */
export class Dial implements Deadline {
  deadlineAt: number;
  readonly #socket: Socket;
  readonly #waitMs: number;
  readonly #events: DialEvents;
  #over = false;

  /** `allowHttp1`: a backend of TLS may choose that instead. */
  constructor(
    target: ConnectTarget,
    { allowHttp1, now, waitMs }: { allowHttp1: boolean; now: number; waitMs: number },
    events: DialEvents,
  ) {
    const { socket, ready } = openSocket(target, allowHttp1 ? ['h2', 'http/1.1'] : ['h2']);
    this.#socket = socket;
    this.#waitMs = waitMs;
    this.#events = events;
    this.deadlineAt = now + waitMs;
    socket.on('error', this.#onError);
    if (ready) socket.once(ready, () => this.#connected(target.secure, allowHttp1));
  }

  onDeadline(): void {
    this.#fail(timeoutError({ waitsFor: 'connect', waitMs: this.#waitMs }));
  }

  destroy(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #connected(secure: boolean, allowHttp1: boolean): void {
    if (this.#over) return;
    const speaksHttp2 = !secure || (this.#socket as TLSSocket).alpnProtocol === 'h2';
    if (!speaksHttp2 && !allowHttp1) {
      this.#fail(
        new ProxyError('TLS_FAILED', 'the backend does not speak HTTP/2 (ALPN); the pool says protocol: http2'),
      );
      return;
    }
    this.#over = true;
    this.#socket.off('error', this.#onError);
    this.#events.onSocket(this.#socket, speaksHttp2 ? 'http2' : 'http1');
  }

  readonly #onError = (error: Error): void => this.#fail(connectFailure(error, false));

  #fail(error: ProxyError): void {
    if (this.#over) return;
    this.destroy();
    this.#events.onFailed(error);
  }
}
