import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../clock.ts';
import { wrappedBy } from '../tls/terminator.ts';

/** Who half-closes on purpose mostly has its answer by then, and need not be asked. */
const ASK_AFTER_MS = 100;
/** When the answer to a question is looked for; each time after four times as long. */
const LISTEN_AFTER_MS = 5;
const ASK_AGAIN_MS = 5000;
/** Who cannot be asked and was sent nothing for so long has left, as far as anybody knows (HAProxy: `timeout client-fin`). */
const GIVE_UP_AFTER_MS = 15_000;

export interface HalfClosedClient {
  readonly socket: Socket;
  /** Nothing is awaited of it any more. */
  readonly isOver: boolean;
  readonly mayBeAsked: boolean;
  /** Sends something that says nothing, if HTTP allows that now. */
  ask(): void;
  /** It was sent nothing for so long. */
  giveUp(ms: number): void;
}

/** Bytes that it had been sent at a time, `Clock.now()`. */
interface Mark {
  bytes: number;
  at: number;
}

/**
 * Finds out whether a client that has said its last byte still reads or has left: whoever has left answers the next byte with a
 * reset. Nobody reads the socket any more, so that the reset is only seen by writing, if only nothing. Where there is no
 * asking, in the middle of a body, one that is sent nothing is given up after a while.
 */
export function lookAfter(client: HalfClosedClient, clock: Clock): void {
  client.socket.setKeepAlive(true, ASK_AGAIN_MS);
  clock.after(ASK_AFTER_MS, () => ask(client, clock, { bytes: -1, at: clock.now() }));
}

function ask(client: HalfClosedClient, clock: Clock, before: Mark): void {
  if (client.isOver) return;
  const { bytesWritten, writableLength } = client.socket;
  const isQuiet = bytesWritten === before.bytes && writableLength === 0 && !client.mayBeAsked;
  if (isQuiet && clock.now() - before.at >= GIVE_UP_AFTER_MS) {
    client.giveUp(GIVE_UP_AFTER_MS);
    return;
  }
  client.ask();
  listen(client, clock, LISTEN_AFTER_MS, isQuiet ? before : { bytes: bytesWritten, at: clock.now() });
}

function listen(client: HalfClosedClient, clock: Clock, waitMs: number, mark: Mark): void {
  clock.after(waitMs, () => {
    if (client.isOver) return;
    sendNothing(client.socket);
    if (waitMs < ASK_AGAIN_MS) listen(client, clock, waitMs * 4, mark);
    else ask(client, clock, mark);
  });
}

/** Reaches the system all the same, which then tells of a reset that has come: the socket is destroyed. */
export function sendNothing(socket: Socket): void {
  if (socket.writableLength === 0) wireOf(socket).write('');
}

/** TLS makes nothing of nothing: it would not reach the system. */
function wireOf(socket: Socket): Socket {
  return socket instanceof TLSSocket ? (wrappedBy(socket) ?? socket) : socket;
}
