/** Requests on their way: so many at once, each not before its time, until all have ended or somebody cancels. */
import type { Clock } from '../clock.ts';
import type { SendingProgress, SendingReport, SentAnswer } from '../contract/sending.ts';
import type { LiveExchange } from '../exchange.ts';
import type { ComposedRequest } from './compose-request.ts';
import { OwnClient } from './own-client.ts';

export interface PlannedRequest extends ComposedRequest {
  /** The listener that it comes in by. */
  listener: string;
  /** Whether it goes where its URL says. */
  forward: boolean;
  /** Past routes and rules; null: through them. `backend` null: the policy picks. */
  straightTo: { pool: string; backend: string | null } | null;
  /** Milliseconds after the sending has begun. */
  atMs: number;
  /** For people who look at its exchange. */
  note: string | null;
}

export interface SendPlan {
  /** Ascending by `atMs`. */
  requests: readonly PlannedRequest[];
  concurrency: number;
}

/** Begins the exchange of a request and answers it; `client` is fed and told by it. */
export type BeginExchange = (request: PlannedRequest, client: OwnClient) => LiveExchange;

export class Sending {
  readonly id: number;
  /** Resolves when nothing is under way any more. */
  readonly over: Promise<void>;
  readonly #plan: SendPlan;
  readonly #clock: Clock;
  readonly #begin: BeginExchange;
  readonly #startedAt: number;
  readonly #underway = new Set<OwnClient>();
  readonly #ids: number[] = [];
  readonly #answers: SentAnswer[] = [];
  #cancelled = false;
  #stopTimer: (() => void) | null = null;
  #resolve: () => void = () => {};

  constructor(id: number, plan: SendPlan, clock: Clock, begin: BeginExchange) {
    this.id = id;
    this.#plan = plan;
    this.#clock = clock;
    this.#begin = begin;
    this.#startedAt = clock.now();
    this.over = new Promise((resolve) => (this.#resolve = resolve));
    this.#proceed();
  }

  #proceed(): void {
    const { requests, concurrency } = this.#plan;
    while (!this.#cancelled && this.#underway.size < concurrency) {
      const request = requests[this.#ids.length];
      if (!request) break;
      const waitMs = request.atMs - (this.#clock.now() - this.#startedAt);
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#send(request);
    }
    if (this.#underway.size === 0) this.#resolve();
  }

  #wakeIn(waitMs: number): void {
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(waitMs, () => this.#proceed());
  }

  #send(request: PlannedRequest): void {
    const client = new OwnClient(request, () => {
      this.#underway.delete(client);
      this.#answers.push(answerOf(exchange));
      this.#proceed();
    });
    this.#underway.add(client);
    const exchange = this.#begin(request, client);
    this.#ids.push(exchange.id);
  }

  get state(): SendingProgress['state'] {
    if (this.#cancelled) return 'cancelled';
    return this.#answers.length === this.#plan.requests.length ? 'done' : 'running';
  }

  cancel(): void {
    if (this.state !== 'running') return;
    this.#cancelled = true;
    this.#stopTimer?.();
    for (const client of this.#underway) client.cancel();
    if (this.#underway.size === 0) this.#resolve();
  }

  /** With the answers from index `from` on. */
  progress(from: number): SendingProgress {
    const { id: sending, state } = this;
    const total = this.#plan.requests.length;
    const [begun, ended] = [this.#ids.length, this.#answers.length];
    return { sending, state, total, begun, ended, answers: this.#answers.slice(from) };
  }

  report(): SendingReport {
    return { ...this.progress(0), ids: [...this.#ids] };
  }
}

function answerOf(exchange: LiveExchange): SentAnswer {
  const { id, pool, backend, answered, error, startedAt, endedAt, responseSizeBytes } = exchange;
  return {
    id,
    pool,
    backend,
    status: answered?.status,
    durationMs: endedAt < 0 ? 0 : endedAt - startedAt,
    sizeBytes: responseSizeBytes,
    error: error?.toRecord(),
  };
}
