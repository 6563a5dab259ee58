import type { Socket } from 'node:net';
import type { Deadline } from '../deadlines.ts';
import type { Opening } from './opening.ts';
import { Peek } from './peek.ts';
import { RELAY_IDLE_MS, type RelayTime } from './relay.ts';

export interface FirstWordEvents {
  /** The client spoke first, with `bytes`. null: it closed before it said anything. */
  onClient(opening: Opening | null, bytes: Buffer): void;
  /** The other side spoke first (still to be read), or closed. `bytes`: what the client had said, too little to tell what it speaks. */
  onBackend(bytes: Buffer): void;
  /** Nobody has said anything for `RELAY_IDLE_MS`; the client is closed. */
  onIdle(): void;
}

/** How long the rest of a request line is waited for, milliseconds: it comes sooner, and a client that has said all of something else waits for an answer. */
const PART_MS = 2000;

/** Listens to both ends of a tunnel until one of them speaks: of SSH and SMTP the other side. `rest`: what the client has said already. */
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
  /** The client has said what may be the beginning of a request, and no more. */
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
