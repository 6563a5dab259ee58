/** Gathers what happens in a worker, and tells the engine of it: failures at once, all else every 50 ms. */
import type { AttemptResult, Backend } from '../balancer/backend.ts';
import type { Clock } from '../clock.ts';
import { ATTEMPT_NUMBERS, type FailedAttempt, type Report } from './protocol.ts';

const REPORT_MS = 50;

export interface ReporterDeps {
  clock: Clock;
  /** What is told beside attempts. */
  rest(): Pick<Report, 'hits' | 'recorder'>;
  send(report: Report): void;
}

export class Reporter {
  readonly #deps: ReporterDeps;
  readonly #stopTimer: () => void;
  #attempts = new Float64Array(ATTEMPT_NUMBERS * 1024);
  /** Numbers that are written. */
  #length = 0;
  #failures: FailedAttempt[] = [];
  #hasNews = false;
  #isUrgent = false;

  constructor(deps: ReporterDeps) {
    this.#deps = deps;
    this.#stopTimer = deps.clock.every(REPORT_MS, () => this.#tick());
  }

  attemptEnded({ record }: Backend, { ok, latencyMs, error }: AttemptResult): void {
    const at = this.#deps.clock.now();
    const { id } = record.shared;
    if (!ok && error) {
      const { code, message, byFault } = error;
      this.#failures.push({ record: id, at, latencyMs, code, message, byFault });
      this.#soon();
    } else this.#add(id, at, latencyMs);
  }

  #add(id: number, at: number, latencyMs: number): void {
    if (this.#length + ATTEMPT_NUMBERS > this.#attempts.length) this.flush();
    this.#attempts[this.#length++] = id;
    this.#attempts[this.#length++] = at;
    this.#attempts[this.#length++] = latencyMs;
  }

  /** Something changed that the state shows. */
  news(): void {
    this.#hasNews = true;
  }

  /** What happened is not to wait: somebody else may have to act. Once for all that a turn brings. */
  #soon(): void {
    if (this.#isUrgent) return;
    this.#isUrgent = true;
    setImmediate(() => this.flush());
  }

  #tick(): void {
    if (this.#hasNews || this.#length > 0) this.flush();
  }

  flush(): void {
    const attempts = this.#attempts.slice(0, this.#length);
    const failures = this.#failures;
    this.#length = 0;
    this.#failures = [];
    this.#hasNews = false;
    this.#isUrgent = false;
    this.#deps.send({ attempts, failures, ...this.#deps.rest() });
  }

  stop(): void {
    this.#stopTimer();
    this.flush();
  }
}
