import type { Clock } from '../clock.ts';
import type { BackendConfig, BackendState } from '../contract/config.ts';
import type { BackendStatus, Health } from '../contract/state.ts';
import type { ProxyError } from '../errors.ts';
import { TrafficStats } from './traffic-stats.ts';

export interface AttemptResult {
  ok: boolean;
  latencyMs: number;
  error: ProxyError | null;
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
  /** `host:port`, brackets as written. */
  readonly address: string;
  readonly backup: boolean;
  readonly maxInFlight: number;
  readonly stats: TrafficStats;
  readonly #clock: Clock;
  weight: number;
  state: BackendState;
  /** Who set the state and when, in words; '' when it comes from the config. */
  stateBy = '';
  health: Health = 'unknown';
  healthReason = '';
  /** `Clock.now()`; 0: not ejected. */
  ejectedUntil = 0;
  ejectionReason = '';
  ejections = 0;
  consecutiveFailures = 0;
  inFlight = 0;

  constructor(config: BackendConfig, maxInFlight: number, clock: Clock, previous?: Backend) {
    const url = new URL(config.url);
    this.secure = url.protocol === 'https:';
    this.host = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port) || (this.secure ? 443 : 80);
    this.address = `${url.hostname}:${this.port}`;
    this.url = config.url;
    this.name = config.name ?? this.address;
    this.weight = config.weight;
    this.backup = config.backup;
    this.state = config.state;
    this.maxInFlight = maxInFlight;
    this.#clock = clock;
    this.stats = previous?.stats ?? new TrafficStats();
    if (previous) this.#takeOver(previous);
  }

  #takeOver(previous: Backend): void {
    this.health = previous.health;
    this.healthReason = previous.healthReason;
    this.ejectedUntil = previous.ejectedUntil;
    this.ejectionReason = previous.ejectionReason;
    this.ejections = previous.ejections;
    this.consecutiveFailures = previous.consecutiveFailures;
  }

  get ejected(): boolean {
    return this.ejectedUntil > 0;
  }

  get full(): boolean {
    return this.maxInFlight > 0 && this.inFlight >= this.maxInFlight;
  }

  /** May this backend get a request now? */
  get available(): boolean {
    return this.state === 'ready' && this.weight > 0 && this.health !== 'unhealthy' && !this.ejected && !this.full;
  }

  /** Why it is or is not available, in a sentence. */
  get reason(): string {
    if (this.state !== 'ready')
      return this.stateBy === '' ? `${this.state} in the config` : `${this.state} ${this.stateBy}`;
    if (this.weight === 0) return 'weight 0';
    if (this.ejected) return `ejected: ${this.ejectionReason}`;
    if (this.health === 'unhealthy') return this.healthReason;
    if (this.full) return `full: ${this.inFlight} in flight`;
    return this.health === 'healthy' ? this.healthReason : 'not probed yet';
  }

  attemptStarted(): void {
    this.inFlight++;
  }

  attemptEnded(result: AttemptResult): void {
    this.inFlight--;
    this.stats.record(this.#clock.now(), result.latencyMs, result.ok);
    if (!result.ok) this.stats.note('fail');
    this.consecutiveFailures = result.ok ? 0 : this.consecutiveFailures + 1;
  }

  status(): BackendStatus {
    const now = this.#clock.now();
    return {
      name: this.name,
      url: this.url,
      weight: this.weight,
      state: this.state,
      backup: this.backup,
      health: this.health,
      ejectedUntil: this.ejected ? Math.round(this.#clock.epoch() + this.ejectedUntil - now) : undefined,
      available: this.available,
      reason: this.reason,
      inFlight: this.inFlight,
      requests: this.stats.requests,
      failures: this.stats.failures,
      ...this.stats.read(now),
      history: [...this.stats.history],
    };
  }
}
