import type { Socket } from 'node:net';
import type { ProxyError } from '../errors.ts';
import { Headers } from '../http/headers.ts';
import type { OwnAnswer } from '../http/own-answer.ts';
import type { ClientConnection } from './client-connection.ts';
import type { TunnelDoor } from './tunnel-door.ts';

/** The door of a CONNECT over HTTP/1.1 (RFC 9110 §9.3.6). */
export class ConnectDoor implements TunnelDoor {
  readonly protocol = 'HTTP/1.1';
  readonly #connection: ClientConnection;

  constructor(connection: ClientConnection) {
    this.#connection = connection;
  }

  accept(): { socket: Socket; rest: Buffer } {
    this.#connection.respond(200, 'Connection Established', new Headers(), 0);
    return this.#connection.detach();
  }

  refuse(_error: ProxyError | null, { status, reason, headers, body }: OwnAnswer): void {
    if (!headers.has('content-length')) headers.append('Content-Length', String(body.length));
    this.#connection.respond(status, reason, headers, body.length);
    this.#connection.body(body);
    this.#connection.end(null);
  }

  abort(how: 'reset' | 'close'): void {
    this.#connection.abort(how);
  }

  hang(): void {
    const { socket } = this.#connection;
    this.#connection.hang();
    socket.once('end', () => socket.destroy());
  }
}
