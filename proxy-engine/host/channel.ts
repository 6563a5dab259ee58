/** A window's view of the engine: a snapshot, then events in order, and calls. The same over MessagePort, WebSocket and SSE. */
import type { Clock } from '../clock.ts';
import { type EngineEvent, EVENT_MESSAGES_PER_SECOND, type ToEngine, type ToWindow } from '../contract/channel.ts';
import type { ChangeBy, EngineState } from '../contract/state.ts';
import { CommandFailure } from './command-failure.ts';
import type { EngineHost } from './engine-host.ts';
import { OpenQuestions } from './open-questions.ts';

/** One end of a transport that keeps order. */
export interface ChannelPort {
  post(message: ToWindow): void;
  /** What the listener answers ends when the message has been dealt with. */
  onMessage(listener: (message: unknown) => Promise<void>): void;
  onClose(listener: () => void): void;
  /** True while the other side does not keep up: events wait, and only the latest state is sent when it does again. */
  congested?(): boolean;
}

const MIN_GAP_MS = 1000 / EVENT_MESSAGES_PER_SECOND;
/** In a flood nobody reads faster than that. What was decided is told at once all the same. */
const FLOOD_GAP_MS = 250;
/** Figures change with every exchange, and nobody reads them faster than that; nor do the pages draw a hundred backends for less. */
const FIGURES_GAP_MS = 250;
/** Rates are those of the last seconds: they run out without anything happening. */
const RUNNING_OUT_MS = 1000;
/** More changes by traffic since the last message are a flood. */
const FLOOD_CHANGES = 20;
/** A window that never keeps up is not owed more than this. */
const MAX_NOTICES = 50;

interface Subscriber {
  port: ChannelPort;
  /** What it has not been told of. */
  owed: 'nothing' | ChangeBy;
  /** When it was told the state. */
  stateAt: number;
  notices: Extract<EngineEvent, { type: 'notice' }>[];
  recorded: number;
  changes: number;
}

/** All channels of a host. Without subscribers nothing is computed. */
export class Channels {
  readonly #host: EngineHost;
  readonly #clock: Clock;
  readonly #subscribers = new Set<Subscriber>();
  readonly #unsubscribe: (() => void)[];
  #lastFlushAt = Number.NEGATIVE_INFINITY;
  #cancelFlush: (() => void) | null = null;
  #cancelRunningOut = () => {};
  /** Since the last message. */
  #changesByTraffic = 0;
  #isUrgent = false;

  constructor(host: EngineHost, clock: Clock) {
    this.#host = host;
    this.#clock = clock;
    this.#unsubscribe = [
      host.onChange((by) => this.#changed(by)),
      host.onNotice((notice) => {
        for (const subscriber of this.#subscribers)
          if (subscriber.notices.push(notice) > MAX_NOTICES) subscriber.notices.shift();
        this.#changed('decision');
      }),
    ];
  }

  /** Posts the snapshot at once; events follow until the port closes. */
  open(port: ChannelPort): void {
    const state = this.#host.state();
    const recorded = state.capture.exchanges;
    const subscriber: Subscriber = {
      port,
      owed: 'nothing',
      stateAt: Number.NEGATIVE_INFINITY,
      notices: [],
      recorded,
      changes: this.#changes(),
    };
    const questions = new OpenQuestions(this.#host);
    port.onClose(() => {
      this.#subscribers.delete(subscriber);
      questions.leave();
    });
    port.onMessage((message) => answer(questions, port, message));
    this.#followFigures(state);
    port.post({ type: 'snapshot', info: this.#host.info, state, recorded });
    this.#subscribers.add(subscriber);
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#cancelFlush?.();
    this.#cancelRunningOut();
    this.#subscribers.clear();
  }

  #changed(by: ChangeBy): void {
    if (this.#subscribers.size === 0) return;
    if (by === 'traffic') this.#changesByTraffic++;
    else if (!this.#isUrgent) this.#hurry();
    if (!this.#cancelFlush) this.#schedule(MIN_GAP_MS);
  }

  #hurry(): void {
    this.#isUrgent = true;
    this.#cancelFlush?.();
    this.#cancelFlush = null;
  }

  #schedule(gapMs: number): void {
    const wait = Math.max(0, this.#lastFlushAt + gapMs - this.#clock.now());
    this.#cancelFlush = this.#clock.after(wait, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush = null;
    const now = this.#clock.now();
    const isFlood = this.#changesByTraffic > FLOOD_CHANGES && !this.#isUrgent;
    if (isFlood && now < this.#lastFlushAt + FLOOD_GAP_MS) return this.#schedule(FLOOD_GAP_MS);
    this.#lastFlushAt = now;
    this.#owe();
    const ready = [...this.#subscribers].filter(({ owed, port }) => owed !== 'nothing' && !port.congested?.());
    const hasFigures = ({ owed, stateAt }: Subscriber) => owed === 'decision' || now >= stateAt + FIGURES_GAP_MS;
    const state = ready.some(hasFigures) ? this.#host.state() : null;
    if (state) this.#followFigures(state);
    for (const subscriber of ready) {
      if (state && hasFigures(subscriber)) Object.assign(subscriber, { owed: 'nothing', stateAt: now });
      this.#send(subscriber, subscriber.owed === 'nothing' ? state : null);
    }
    if ([...this.#subscribers].some(({ owed }) => owed !== 'nothing')) this.#schedule(MIN_GAP_MS);
  }

  #followFigures({ pools }: EngineState): void {
    this.#cancelRunningOut();
    const isRunningOut = pools.some(({ backends }) => backends.some(({ rate }) => rate > 0));
    if (isRunningOut) this.#cancelRunningOut = this.#clock.after(RUNNING_OUT_MS, () => this.#changed('traffic'));
  }

  #owe(): void {
    for (const subscriber of this.#subscribers) {
      if (this.#isUrgent) subscriber.owed = 'decision';
      else if (this.#changesByTraffic > 0 && subscriber.owed === 'nothing') subscriber.owed = 'traffic';
    }
    this.#changesByTraffic = 0;
    this.#isUrgent = false;
  }

  #send(subscriber: Subscriber, state: EngineState | null): void {
    const { newestId = 0, marks = 0, recorded = 0 } = this.#host.engine.store;
    const changes = this.#changes();
    const events: EngineEvent[] = state ? [{ type: 'state', state }] : [];
    if (recorded !== subscriber.recorded || changes !== subscriber.changes)
      events.push({ type: 'exchanges', recorded, newestId, marks });
    events.push(...subscriber.notices);
    Object.assign(subscriber, { notices: [], recorded, changes });
    if (events.length > 0) subscriber.port.post({ type: 'events', events });
  }

  #changes(): number {
    const { changes, newestId } = this.#host.engine.store;
    return changes ?? newestId ?? 0;
  }
}

async function answer(questions: OpenQuestions, port: ChannelPort, message: unknown): Promise<void> {
  if (!isCall(message)) return;
  const { id, command, input } = message;
  try {
    port.post({ type: 'result', id, result: await questions.run(command, input) });
  } catch (error) {
    const failure = error instanceof CommandFailure ? error : new CommandFailure('INTERNAL', String(error));
    port.post({ type: 'error', id, error: failure.toApiError() });
  }
}

/** Anything else has no id that an answer could carry. */
function isCall(message: unknown): message is ToEngine {
  if (typeof message !== 'object' || message === null) return false;
  const { type, id, command } = message as Record<string, unknown>;
  return type === 'call' && typeof id === 'number' && typeof command === 'string';
}
