import type { BackendConfig } from '../contract/config.ts';

export interface SourceListener {
  /** What the pool consists of from now on; only called when it changed. */
  onBackends(backends: readonly BackendConfig[]): void;
  /** It could not be read; what was found before stays. */
  onProblem(message: string): void;
}

/** Where a pool's backends come from when the config does not list them. */
export interface BackendSource {
  start(listener: SourceListener): void;
  stop(): void;
}
