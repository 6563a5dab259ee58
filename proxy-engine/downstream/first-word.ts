import type { Socket } from 'node:net';
import type { Opening } from './opening.ts';
import { Peek } from './peek.ts';
import { RELAY_IDLE_MS, type RelayTime } from './relay.ts';

export interface FirstWordEvents {
  /** null: it closed before it said anything. `bytes` are the caller's. */
  onClient(opening: Opening | null, bytes: Buffer): void;
  /** It has said something, which is still to be read, or said that it will not. `bytes`: what the client has said, not enough to tell what. */
  onBackend(bytes: Buffer): void;
  /** Nobody has said anything for `RELAY_IDLE_MS`; the client is closed. */
  onIdle(): void;
}

/** Listens to both ends of a tunnel: whoever speaks first (SSH and SMTP: the other side) tells what it is. */
export function listenForFirstWord(
  client: Socket,
  rest: Buffer,
  backend: Socket,
  { clock, deadlines }: RelayTime,
  events: FirstWordEvents,
): void {
  const silence = {
    deadlineAt: clock.now() + RELAY_IDLE_MS,
    onDeadline() {
      events.onIdle();
      client.destroy();
    },
  };
  const onSpoken = () => {
    leave();
    events.onBackend(peek.stop());
  };
  const onGone = () => client.destroy();
  const leave = () => {
    deadlines.delete(silence);
    backend.off('readable', onSpoken);
    backend.off('close', onGone);
  };
  const peek = new Peek(client, rest, (opening, bytes) => {
    leave();
    events.onClient(opening, bytes);
  });
  if (peek.over) return;
  deadlines.add(silence);
  backend.once('readable', onSpoken);
  backend.once('close', onGone);
}
