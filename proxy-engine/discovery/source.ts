import type { BackendConfig } from '../contract/config.ts';

export interface SourceListener {
  /** What the pool consists of from now on; only called when it changed. */
  onBackends(backends: readonly BackendConfig[]): void;
  /** It could not be read; what was found before stays. null: it can be read again. */
  onProblem(message: string | null): void;
}

/** Tells of a problem once, and when it is over. */
export class Problem {
  #told: string | null = null;

  tell(message: string | null, listener: SourceListener): void {
    if (message === this.#told) return;
    this.#told = message;
    listener.onProblem(message);
  }
}

/** Where a pool's backends come from when the config does not list them. */
export interface BackendSource {
  start(listener: SourceListener): void;
  stop(): void;
}
