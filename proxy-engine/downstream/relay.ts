import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Deadline, Deadlines } from '../deadlines.ts';

/** How long both ends of a tunnel or an upgraded connection may be silent, milliseconds: a peer that left without a word is found out by then. */
export const RELAY_IDLE_MS = 5 * 60_000;
export const RELAY_IDLE_NOTE = 'closed: nothing passed for 5 min';
/** How long a connection is silent before TCP asks whether the other end is still there. */
const KEEP_ALIVE_MS = 60_000;

export interface RelayEvents {
  onBytes(direction: 'up' | 'down', chunk: Buffer): void;
  /** Nothing has passed for `RELAY_IDLE_MS`; both ends are to be closed. */
  onIdle(): void;
  onEnd(): void;
}

export interface RelayTime {
  clock: Clock;
  deadlines: Deadlines;
}

/**
 * Joins two sockets after an upgrade: bytes both ways, back-pressure, half-close passed on; ends when both ends have, or nothing
 * passes for too long.
 */
export function relay(client: Duplex, backend: Duplex, { clock, deadlines }: RelayTime, events: RelayEvents): void {
  const idle: Deadline = { deadlineAt: clock.now() + RELAY_IDLE_MS, onDeadline: () => events.onIdle() };
  deadlines.add(idle);
  for (const end of [client, backend]) if (end instanceof Socket) end.setKeepAlive(true, KEEP_ALIVE_MS);
  let open = 2;
  const closed = () => {
    if (--open > 0) return;
    deadlines.delete(idle);
    events.onEnd();
  };
  const passing = (direction: 'up' | 'down') => (chunk: Buffer) => {
    idle.deadlineAt = clock.now() + RELAY_IDLE_MS;
    events.onBytes(direction, chunk);
  };
  join(client, backend, passing('up'), closed);
  join(backend, client, passing('down'), closed);
}

function join(from: Duplex, to: Duplex, onBytes: (chunk: Buffer) => void, onClosed: () => void): void {
  const onClose = () => {
    if (from.readableEnded) endThenDestroy(to);
    else to.destroy();
    onClosed();
  };
  from.on('data', (chunk: Buffer) => {
    onBytes(chunk);
    if (!to.destroyed && !to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('close', onClose);
  // It may have said its last word, or have gone, while the other one was connected.
  if (from.readableEnded) to.end();
  if (from.closed) onClose();
  else from.resume();
}

/** What was written still goes out: `from` said all it had to say. */
function endThenDestroy(to: Duplex): void {
  if (to.writableFinished) to.destroy();
  else to.end(() => to.destroy());
}
