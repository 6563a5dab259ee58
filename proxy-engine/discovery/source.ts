import type { Clock } from '../clock.ts';
import type { BackendConfig } from '../contract/config.ts';

export interface SourceListener {
  /** What the pool consists of from now on; only called when it changed. */
  onBackends(backends: readonly BackendConfig[]): void;
  /** It could not be read; what was found before stays. null: it can be read again. */
  onProblem(message: string | null): void;
}

/** Where a pool's backends come from when the config does not list them. */
export interface BackendSource {
  start(listener: SourceListener): void;
  stop(): void;
}

export interface RoundsOptions {
  clock: Clock;
  /** Between the end of a look and the next one. */
  everyMs: number;
  /** null: all is as it was. */
  look(this: void): Promise<BackendConfig[] | null>;
  /** What to tell of a look that has failed. */
  problemOf(this: void, error: Error): string;
}

/** Looks again and again. A problem is told once, and when it is over; while it lasts the backends found last stay. */
export class Rounds implements BackendSource {
  readonly #options: RoundsOptions;
  #running = false;
  #cancel = () => {};
  #problem: string | null = null;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  start(listener: SourceListener): void {
    this.#running = true;
    void this.#round(listener);
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  async #round(listener: SourceListener): Promise<void> {
    const { clock, everyMs, look, problemOf } = this.#options;
    try {
      const found = await look();
      if (!this.#running) return;
      this.#tellProblem(null, listener);
      if (found) listener.onBackends(found);
    } catch (error) {
      if (this.#running) this.#tellProblem(problemOf(error as Error), listener);
    }
    if (this.#running) this.#cancel = clock.after(everyMs, () => void this.#round(listener));
  }

  #tellProblem(message: string | null, listener: SourceListener): void {
    if (message === this.#problem) return;
    this.#problem = message;
    listener.onProblem(message);
  }
}
