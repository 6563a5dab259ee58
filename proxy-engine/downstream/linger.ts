import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadlines.ts';

/** How long a client has to close a connection after its last answer, milliseconds: longer than the answer is on its way. */
export const LINGER_MS = 1000;

/**
 * Half-closes and reads on for a moment, whose end is the deadline of `timed`: a reset would take the last answer away from the client
 * (RFC 9112 §9.6). A client that is slow to take the answer has `slowMs` for that; the moment begins when it has taken everything.
 */
export function linger(socket: Socket, timed: Deadline, clock: Clock, slowMs: number): void {
  const closesIn = (ms: number): void => {
    timed.deadlineAt = clock.now() + ms;
  };
  const isSent = socket.writableLength === 0;
  if (isSent) socket.end();
  else socket.end(() => closesIn(LINGER_MS));
  socket.removeAllListeners('data');
  socket.resume();
  closesIn(isSent ? LINGER_MS : Math.max(LINGER_MS, slowMs));
}
