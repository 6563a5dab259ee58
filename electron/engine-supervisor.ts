/** Keeps one engine process running: decides when to start it again, when to give up, and what to tell the windows. */
import type { FromEngineProcess, ToEngineProcess } from '../proxy-engine/host/process-messages.ts';
import type { Desktop, EngineProcessStatus } from '../renderer/api/desktop.ts';

export const MAX_RESTARTS = 5;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
/** An engine that ran this long was sound: the count of restarts begins anew. */
const SOUND_AFTER_MS = 10 * 60_000;
const STOP_TIMEOUT_MS = 5000;

export type EngineChannel = NonNullable<Desktop['channel']>;

/** A running engine process, whichever way it was started. `Port` is what a window's port is to that way. */
export interface EngineChild<Port> {
  send(message: ToEngineProcess, ports?: Port[]): void;
  onMessage(listener: (message: FromEngineProcess) => void): void;
  /** `how` is for people: `code 1`, `SIGKILL`; empty when the system did not say. */
  onExit(listener: (how: string) => void): void;
  kill(): void;
}

export interface SupervisorOptions<Port> {
  launch(): EngineChild<Port>;
  /** The first message to each process. `channel` is the one of the process before it, which windows still know. */
  startMessage(channel: EngineChannel | null): Extract<ToEngineProcess, { type: 'start' }>;
  /** Runs `run` after `delayMs`; answers how to call it off. */
  after(delayMs: number, run: () => void): () => void;
  onStatus(status: EngineProcessStatus): void;
  /** A new engine is ready: every window needs a new port. */
  onReady(): void;
}

/** Milliseconds before the `attempt`-th restart (from 1): doubling, bounded. */
export function restartDelayMs(attempt: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
}

export class EngineSupervisor<Port> {
  readonly #options: SupervisorOptions<Port>;
  #child: EngineChild<Port> | null = null;
  #channel: EngineChannel | null = null;
  #status: EngineProcessStatus | null = null;
  #restarts = 0;
  /** Set once the engine said that it cannot run: starting it again would not mend that. */
  #refusal: string | null = null;
  #cancelTimer: () => void = () => {};
  /** The end of the process that was told to stop last. */
  #stopped: Promise<void> = Promise.resolve();
  /** One is started when that has ended; who stops meanwhile takes that back. */
  #startsAgain = false;

  constructor(options: SupervisorOptions<Port>) {
    this.#options = options;
  }

  /** null until the first engine is ready or has failed. */
  get status(): EngineProcessStatus | null {
    return this.#status;
  }

  /** The engine's WebSocket, once there is an engine with one. */
  get channel(): EngineChannel | null {
    return this.#channel;
  }

  start(): void {
    this.#refusal = null;
    const child = this.#options.launch();
    this.#child = child;
    child.onMessage((message) => this.#receive(child, message));
    child.onExit((how) => this.#exited(child, how));
    child.send(this.#options.startMessage(this.#channel));
  }

  /** Hands a window's port to the engine; false when there is no engine to take it. */
  connect(port: Port): boolean {
    if (!this.#child || this.#status?.state !== 'running') return false;
    this.#child.send({ type: 'port' }, [port]);
    return true;
  }

  /** Because a person asked for it: the count of restarts begins anew. Asked again before the end of the old one, it is the same restart. */
  async restart(): Promise<void> {
    const stopped = this.stop();
    this.#startsAgain = true;
    await stopped;
    if (!this.#startsAgain) return;
    this.#startsAgain = false;
    this.#restarts = 0;
    this.start();
  }

  /** Lets the engine drain and end; after 5 s it is killed. */
  stop(): Promise<void> {
    this.#cancelTimer();
    this.#startsAgain = false;
    if (this.#child) this.#stopped = this.#end(this.#child);
    this.#child = null;
    return this.#stopped;
  }

  #end(child: EngineChild<Port>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.after(STOP_TIMEOUT_MS, () => child.kill());
      child.onExit(() => {
        cancel();
        resolve();
      });
      child.send({ type: 'stop' });
    });
  }

  #receive(child: EngineChild<Port>, message: FromEngineProcess): void {
    if (child !== this.#child) return;
    switch (message.type) {
      case 'ready':
        this.#channel = message.channel ?? null;
        this.#cancelTimer = this.#options.after(SOUND_AFTER_MS, () => (this.#restarts = 0));
        this.#tell({ state: 'running' });
        this.#options.onReady();
        return;
      case 'failed':
        this.#refusal = message.message;
    }
  }

  #exited(child: EngineChild<Port>, how: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    this.#cancelTimer();
    if (this.#refusal !== null) return this.#tell({ state: 'stopped', reason: this.#refusal });
    const ended = how === '' ? 'the engine process ended' : `the engine process ended (${how})`;
    if (this.#restarts === MAX_RESTARTS)
      return this.#tell({ state: 'stopped', reason: `${ended}; it was restarted ${MAX_RESTARTS} times` });
    const attempt = ++this.#restarts;
    this.#tell({ state: 'restarting', attempt, reason: `${ended}; restart ${attempt} of ${MAX_RESTARTS}` });
    this.#cancelTimer = this.#options.after(restartDelayMs(attempt), () => this.start());
  }

  #tell(status: EngineProcessStatus): void {
    this.#status = status;
    this.#options.onStatus(status);
  }
}
