/** Opens the TLS of clients on sockets that were accepted already. */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

export interface HandshakeEvents {
  onSecure(socket: TLSSocket): void;
  /** The socket is closed already. */
  onFailed(error: Error & { code?: string }): void;
}

/** One per listener and config; session tickets of the one before are taken, as long as both ask clients for the same. */
export class TlsTerminator {
  readonly #server: Server;
  /** What clients must show; sessions are only resumed where that has not changed. */
  readonly #admission: string;
  readonly #handshakes = new WeakMap<Socket, HandshakeEvents>();

  constructor(options: TlsOptions, previous: TlsTerminator | null = null) {
    this.#admission = admissionOf(options);
    this.#server = createServer(options);
    if (previous && previous.#admission === this.#admission) this.ticketKeys = previous.ticketKeys;
    this.#server.on('secureConnection', (socket) => {
      socket.allowHalfOpen = true;
      this.#eventsOf(socket)?.onSecure(socket);
    });
    this.#server.on('tlsClientError', (error, socket) => {
      socket.destroy();
      this.#eventsOf(socket)?.onFailed(refusalOf(socket) ?? error);
    });
  }

  /** What the tickets of sessions are sealed with; 48 bytes. */
  get ticketKeys(): Uint8Array {
    return this.#server.getTicketKeys();
  }

  set ticketKeys(keys: Uint8Array) {
    this.#server.setTicketKeys(Buffer.from(keys));
  }

  /** What of the handshake has been read from `socket` must be put back (`unshift`) before. */
  accept(socket: Socket, events: HandshakeEvents): void {
    this.#handshakes.set(socket, events);
    // Half a handshake is of no use to anybody; the server would wait for its time-out.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
  }

  #eventsOf(socket: TLSSocket): HandshakeEvents | undefined {
    const parent = wrappedBy(socket);
    return parent && this.#handshakes.get(parent);
  }
}

/** node:tls refuses a client's certificate by closing the connection, and then says that the client did. */
function refusalOf({ authorizationError }: TLSSocket): (Error & { code: string }) | null {
  const code = authorizationError as unknown as string | null | undefined; // not the Error that its type says
  return code ? Object.assign(new Error('the client’s certificate is not trusted'), { code }) : null;
}

function admissionOf({ requestCert, rejectUnauthorized, ca }: TlsOptions): string {
  return JSON.stringify([requestCert, rejectUnauthorized, String(ca ?? '')]);
}

/** The socket that was given to `emit('connection')`. Node keeps it without documenting that; a test holds it to this. */
export function wrappedBy(socket: TLSSocket): Socket | undefined {
  return (socket as unknown as { _parent?: Socket })._parent;
}
