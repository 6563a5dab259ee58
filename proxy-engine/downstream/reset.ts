import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { wrappedBy } from '../tls/terminator.ts';

/** Ends the TCP connection with RST, also below TLS: nobody can take what came for whole. */
export function resetSocket(socket: Socket): void {
  const below = socket instanceof TLSSocket ? wrappedBy(socket) : undefined;
  if (below) resetSocket(below);
  else socket.resetAndDestroy();
}
