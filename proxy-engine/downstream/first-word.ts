import type { Socket } from 'node:net';
import type { Deadline } from '../deadlines.ts';
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

/** The rest of a request line follows sooner, also from somebody who types; a client that waits for an answer must get it. */
const PART_MS = 2000;

/** Listens to both ends of a tunnel: whoever speaks first (SSH and SMTP: the other side) tells what it is. `rest`: said already. */
export function listenForFirstWord(
  client: Socket,
  rest: Buffer,
  backend: Socket,
  time: RelayTime,
  events: FirstWordEvents,
): void {
  const awaited = new FirstWord(client, rest, backend, time, events);
  if (!awaited.over) time.deadlines.add(awaited);
}

class FirstWord implements Deadline {
  deadlineAt: number;
  readonly #client: Socket;
  readonly #backend: Socket;
  readonly #time: RelayTime;
  readonly #events: FirstWordEvents;
  readonly #peek: Peek;
  /** The client has said what may be the begin of a request, and no more. */
  #hasPart = false;

  constructor(client: Socket, rest: Buffer, backend: Socket, time: RelayTime, events: FirstWordEvents) {
    this.#client = client;
    this.#backend = backend;
    this.#time = time;
    this.#events = events;
    this.deadlineAt = time.clock.now() + RELAY_IDLE_MS;
    this.#peek = new Peek(client, rest, this.#told, () => this.#waitForRest());
    if (this.#peek.over) return;
    backend.once('readable', this.#spoken);
    backend.once('close', this.#gone);
  }

  get over(): boolean {
    return this.#peek.over;
  }

  onDeadline(): void {
    if (this.#hasPart) this.#told({ kind: 'other' }, this.#peek.stop());
    else {
      this.#events.onIdle();
      this.#client.destroy();
    }
  }

  #waitForRest(): void {
    if (!this.#hasPart) this.deadlineAt = this.#time.clock.now() + PART_MS;
    this.#hasPart = true;
  }

  readonly #told = (opening: Opening | null, bytes: Buffer): void => {
    this.#leave();
    this.#events.onClient(opening, bytes);
  };

  readonly #spoken = (): void => {
    this.#leave();
    this.#events.onBackend(this.#peek.stop());
  };

  readonly #gone = (): void => void this.#client.destroy();

  #leave(): void {
    this.#time.deadlines.delete(this);
    this.#backend.off('readable', this.#spoken);
    this.#backend.off('close', this.#gone);
  }
}
