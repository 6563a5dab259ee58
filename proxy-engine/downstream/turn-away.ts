import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { ProxyError } from '../errors.ts';
import { addDate } from '../http/date.ts';
import { errorAnswer } from '../http/own-answer.ts';

/** Closes a connection that is one too many: with an answer that says so, or over TLS, which would have to be opened first, without. */
export function turnAway(socket: Socket, limit: number, isTls: boolean, clock: Clock): void {
  socket.on('error', () => {});
  if (isTls) {
    socket.destroy();
    return;
  }
  const error = new ProxyError(
    'TOO_MANY_CONNECTIONS',
    `the listener has its ${limit} connections (limits.connections)`,
  );
  const { status, reason, headers, body } = errorAnswer(error, undefined);
  addDate(headers, clock.epoch());
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${headers.text()}Connection: close\r\n\r\n${body.toString()}`);
  socket.resume();
}
