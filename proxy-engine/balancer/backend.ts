import type { Clock } from '../clock.ts';
import type { BackendConfig, BackendState } from '../contract/config.ts';
import type { BackendStatus, Fault } from '../contract/state.ts';
import type { ProxyError } from '../errors.ts';
import { backendName } from './backend-name.ts';
import { BackendRecord } from './backend-record.ts';
import { noteFailure } from './recent-failures.ts';
import { slowStartShare } from './slow-start.ts';

export interface AttemptResult {
  /** The backend did not fail; what ended it may still be an error of the client's or of ours. */
  ok: boolean;
  /** To the end of the answer; of a WebSocket to its beginning. */
  latencyMs: number;
  /** To the response head; to the end when none came. */
  headMs: number;
  error: ProxyError | null;
}

/** Limits of the running config; backends of earlier configs, on which exchanges still finish, share the object and obey them too. */
export interface Bounds {
  /** 0: no bound. */
  maxInFlight: number;
}

/** What of a pool's config concerns each of its backends. */
export interface BackendOptions {
  clock: Clock;
  bounds: Readonly<Bounds>;
  /** 0: off. */
  slowStartMs: number;
  /** All connections to it were busy, and one has come free. */
  onConnectionFree?(): void;
}

/**
 * One origin in a pool. The operator's will (`state`), what was observed (`health`), the ejection and being full are
 * separate facts; `available` is the only place where they meet.
 */
export class Backend {
  readonly name: string;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** `host:port`, IPv6 in brackets: what health is keyed by. */
  readonly address: string;
  /** The URL's host and port as written, which is what nginx's ring is made of. */
  readonly authority: string;
  readonly backup: boolean;
  /** What was observed; the next config's backend of the same address goes on with it. */
  readonly record: BackendRecord;
  readonly #clock: Clock;
  readonly #bounds: Readonly<Bounds>;
  readonly #slowStartMs: number;
  readonly #onConnectionFree: (() => void) | undefined;
  /** Connections (of HTTP/2: streams) of this thread that carry an exchange or are being opened, and how many there may be. */
  #busyConnections = 0;
  #maxConnections = Number.POSITIVE_INFINITY;
  #connectionUnit: 'connections' | 'streams' = 'connections';
  /** Changed through `Pool.setWeight`. */
  weight: number;
  #state: BackendState;
  #stateBy = '';
  #fault: Fault | null = null;
  /** Its config runs, or has run. */
  #hasRun = false;
  /** Its config no longer runs. */
  #hasLeft = false;
  /** What the config or the discovery says of it; `weight` and `state` began there. */
  entry: BackendConfig;

  constructor(config: BackendConfig, options: BackendOptions, record = new BackendRecord()) {
    const url = new URL(config.url);
    this.secure = url.protocol === 'https:';
    this.host = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port) || (this.secure ? 443 : 80);
    this.address = `${url.hostname}:${this.port}`;
    this.authority = /^[a-z]+:\/\/([^/]*)/i.exec(config.url)?.[1] ?? this.address;
    this.url = config.url;
    this.name = backendName(config);
    this.entry = config;
    this.weight = config.weight;
    this.backup = config.backup;
    this.#state = config.state;
    this.#slowStartMs = options.slowStartMs;
    this.#onConnectionFree = options.onConnectionFree;
    this.#clock = options.clock;
    this.#bounds = options.bounds;
    this.record = record;
  }

  /** Its config runs from now on. Exchanges that finish on earlier configs obey what is set by hand here. */
  succeed(): void {
    this.#hasRun = true;
    this.record.current = this;
  }

  /** Its config no longer runs. */
  leave(): void {
    this.#hasLeft = true;
  }

  /** No running config has its address: nobody checks it or sets its state, so it will stay as it is. */
  get isForsaken(): boolean {
    return this.#current.#hasLeft;
  }

  /** The backend of the same address in the config that runs, or ran last. */
  get #current(): Backend {
    return (this.#hasRun && this.record.current) || this;
  }

  /** Whose state counts: that of the running config's backend when it was set by hand; what a later config itself says is only for its own exchanges. */
  get #ruling(): Backend {
    const current = this.#current;
    return current.#stateBy === '' ? this : current;
  }

  /** Changed through `Pool.setState`. */
  get state(): BackendState {
    return this.#ruling.#state;
  }

  set state(state: BackendState) {
    this.#state = state;
  }

  /** Who set the state and when, in words: `by you, 14:02`; '' when it comes from the config. */
  get stateBy(): string {
    return this.#ruling.#stateBy;
  }

  set stateBy(by: string) {
    this.#stateBy = by;
  }

  /** The failure made on purpose, if any. Changed through `Pool.setFault`. */
  get fault(): Fault | null {
    return this.#current.#fault;
  }

  set fault(fault: Fault | null) {
    this.#fault = fault;
  }

  get inFlight(): number {
    return this.record.inFlight;
  }

  get maxInFlight(): number {
    return this.#bounds.maxInFlight;
  }

  get ejected(): boolean {
    return this.record.ejection !== null;
  }

  get full(): boolean {
    return (this.maxInFlight > 0 && this.record.inFlight >= this.maxInFlight) || this.lacksConnections;
  }

  /** All connections, or streams of HTTP/2, that it may have are busy. */
  get lacksConnections(): boolean {
    return this.#busyConnections >= this.#maxConnections;
  }

  /** To be told by `Connections` whenever the numbers change. */
  useConnections(busy: number, max: number, unit: 'connections' | 'streams' = 'connections'): void {
    const lackedConnections = this.lacksConnections;
    this.#connectionUnit = unit;
    this.#busyConnections = busy;
    this.#maxConnections = max;
    if (lackedConnections && !this.lacksConnections) this.#onConnectionFree?.();
  }

  /** The operator lets it have traffic, whatever was observed. */
  get wanted(): boolean {
    return this.state === 'ready' && this.weight > 0;
  }

  /** Nothing observed speaks against it. */
  get sound(): boolean {
    return this.record.health !== 'unhealthy' && this.record.ejection === null;
  }

  /** May this backend get a request now? */
  get available(): boolean {
    return this.wanted && this.sound && !this.full;
  }

  /** A draining backend goes on serving the sessions that it has (HAProxy, nginx). */
  get keepsSessions(): boolean {
    return this.state !== 'maint' && this.sound && !this.full;
  }

  /** The weight that policies go by: lower for a time after it came back, when the pool starts slowly. */
  get effectiveWeight(): number {
    const { returnedAt } = this.record;
    if (this.#slowStartMs === 0 || returnedAt < 0) return this.weight;
    return this.weight * slowStartShare(this.#clock.now() - returnedAt, this.#slowStartMs);
  }

  /** Why it is or is not available, in a sentence. */
  get reason(): string {
    const { health, healthReason, ejection } = this.record;
    if (this.state !== 'ready') return `${this.state} ${this.stateBy || 'in the config'}`;
    if (this.weight === 0) return 'weight 0: drains';
    if (health === 'unhealthy') return healthReason;
    if (ejection) return this.record.ejectionReason(this.#clock.now());
    if (this.lacksConnections)
      return `full: ${this.#busyConnections} of ${this.#maxConnections} ${this.#connectionUnit}`;
    if (this.full) return `full: ${this.inFlight} of ${this.maxInFlight} in flight`;
    if (this.effectiveWeight < this.weight)
      return `slow start: ${Math.round((100 * this.effectiveWeight) / this.weight)} % of its weight`;
    return healthReason || 'ready';
  }

  /** Takes over weight and state from a new config or discovery, where these differ from the entry before; else what was set by hand stays. */
  follow(entry: BackendConfig): void {
    if (entry.weight !== this.entry.weight) this.weight = entry.weight;
    if (entry.state !== this.entry.state) {
      this.state = entry.state;
      this.stateBy = '';
    }
    this.entry = entry;
  }

  /** Counts an attempt as in flight; false: another thread has taken the last place since this backend was picked. */
  attemptStarted(): boolean {
    const { attempts } = this.record;
    if (this.maxInFlight > 0) return attempts.addWithin(this.maxInFlight);
    attempts.add(1);
    return true;
  }

  /** Called by the pool, which also decides what follows from it. */
  attemptEnded({ ok, error }: AttemptResult): void {
    const { record } = this;
    record.attempts.add(-1);
    // A client that left before the answer proves nothing, neither way.
    if (error === null) record.forgetFailures();
    else if (!ok) record.failedAgain();
  }

  /** Notes an attempt that ended at `at` (`Clock.now()`), here or in another thread. */
  observe({ ok, latencyMs, error }: AttemptResult, at: number): void {
    const { record } = this;
    record.stats.record(at, latencyMs, ok);
    record.durations.observe(latencyMs);
    if (ok || !error) return;
    record.failureReasons.set(error.reason, (record.failureReasons.get(error.reason) ?? 0) + 1);
    noteFailure(record.recentFailures, at, error.message);
  }

  status(): BackendStatus {
    const now = this.#clock.now();
    const { health, ejection, stats, recentFailures } = this.record;
    const epochAt = (at: number) => Math.round(this.#clock.epoch() + at - now);
    return {
      name: this.name,
      url: this.url,
      weight: this.weight,
      state: this.state,
      backup: this.backup,
      health,
      ejectedUntil: ejection ? epochAt(ejection.until) : undefined,
      available: this.available,
      reason: this.reason,
      fault: this.fault ?? undefined,
      inFlight: this.inFlight,
      requests: stats.requests,
      failures: stats.failures,
      ...stats.read(now),
      history: stats.history,
      recentFailures: recentFailures.map(({ at, reason, times }) => ({ at: epochAt(at), reason, times })),
    };
  }
}
