/**
 * Where nobody listens at a port of the range from which the system takes those of connections, a connection to it may by chance be
 * given that very port and come out at itself (simultaneous open, RFC 9293 §3.5): it would read its own request as an answer.
 */
import type { Socket } from 'node:net';

export type SocketEnds = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>;

export function isSelfConnected({ localAddress, localPort, remoteAddress, remotePort }: SocketEnds): boolean {
  return localPort !== undefined && localPort === remotePort && localAddress === remoteAddress;
}

/** Calls `then` when TCP is up; one that came out at itself is refused, as nobody listens there. */
export function onTcp(socket: Socket, then: () => void): void {
  socket.once('connect', () => {
    if (isSelfConnected(socket)) socket.destroy(refused(socket));
    else then();
  });
}

function refused({ remoteAddress = '', remotePort = 0 }: SocketEnds): NodeJS.ErrnoException {
  const message = `connect ECONNREFUSED ${remoteAddress}:${remotePort} (it came out at itself)`;
  return Object.assign(new Error(message), { code: 'ECONNREFUSED', syscall: 'connect' });
}
