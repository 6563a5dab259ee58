import type { Socket } from 'node:net';
import type { Deadline } from '../deadlines.ts';
import { ProxyError } from '../errors.ts';
import type { OwnAnswer } from '../http/own-answer.ts';
import { resetSocket } from './reset.ts';
import { SOCKS_REPLY, SocksHandshake, socksReply, socksReplyFor } from './socks.ts';
import type { TunnelDoor } from './tunnel-door.ts';

export interface SocksEvents {
  /** The client may be let in or refused through the door. */
  onConnect(host: string, port: number): void;
  /** It asked for something else than CONNECT, or spoke something else than SOCKS5. */
  onRefused(error: ProxyError): void;
  onGone(): void;
}

/** The handshake of one SOCKS5 client (RFC 1928). */
export class SocksConnection implements Deadline, TunnelDoor {
  deadlineAt: number;
  readonly socket: Socket;
  readonly protocol = 'SOCKS5';
  readonly #events: SocksEvents;
  readonly #handshake = new SocksHandshake();
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, deadlineAt: number, events: SocksEvents) {
    this.socket = socket;
    this.deadlineAt = deadlineAt;
    this.#events = events;
    socket.on('data', this.receive);
    // Nothing can come of half a handshake.
    socket.on('end', this.#left);
    socket.on('close', this.#gone);
    socket.on('error', () => {});
  }

  onDeadline(): void {
    this.socket.destroy();
  }

  /** Bytes of the client; also those that were read before. */
  readonly receive = (chunk: Buffer): void => {
    const { bytes, outcome } = this.#handshake.feed(chunk);
    if (bytes.length > 0) this.socket.write(bytes);
    if (!outcome) return;
    this.deadlineAt = Number.POSITIVE_INFINITY;
    this.socket.pause();
    this.socket.off('data', this.receive);
    this.socket.off('end', this.#left);
    if (outcome.kind === 'refused') {
      this.#close();
      this.#events.onRefused(new ProxyError('BAD_REQUEST', outcome.reason));
      return;
    }
    this.#rest = outcome.rest;
    this.#events.onConnect(outcome.host, outcome.port);
  };

  accept(): { socket: Socket; rest: Buffer } {
    this.socket.write(socksReply(SOCKS_REPLY.succeeded));
    return { socket: this.socket, rest: this.#rest };
  }

  refuse(error: ProxyError | null, _answer: OwnAnswer): void {
    this.socket.write(socksReply(error ? socksReplyFor(error.code) : SOCKS_REPLY.notAllowed));
    this.#close();
  }

  abort(how: 'reset' | 'close'): void {
    if (how === 'reset') resetSocket(this.socket);
    else this.socket.destroySoon();
  }

  hang(): void {
    this.socket.on('end', this.#left);
    this.socket.resume();
  }

  #close(): void {
    this.socket.end();
    this.socket.resume();
  }

  readonly #left = (): void => void this.socket.destroy();

  readonly #gone = (): void => this.#events.onGone();
}
