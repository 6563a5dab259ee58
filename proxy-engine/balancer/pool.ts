import type { BackendConfig, BackendState, PoolConfig } from '../contract/config.ts';
import type { PoolExplanation, ProbeAnswer } from '../contract/pool-commands.ts';
import type { Fault, PoolState } from '../contract/state.ts';
import { describeDiscovery } from '../discovery/create-source.ts';
import { describeFault } from '../faults/fault.ts';
import { describeCheck, probe } from '../health/probe.ts';
import { probeTcp } from '../health/probe-tcp.ts';
import type { RoutedSubject } from '../match/subject.ts';
import { type AttemptResult, Backend, type Bounds } from './backend.ts';
import { carryOver, discoversSame, updateBackends } from './carry-over.ts';
import { candidatesFor, explainPolicy } from './explain.ts';
import { backendsOf, factsOf, followFacts, type PoolFacts } from './followed.ts';
import { hashKey } from './hash-key.ts';
import { type Pick, Picker } from './picker.ts';
import { type PoolDeps, withDefaults } from './pool-deps.ts';
import { PoolLoad } from './pool-load.ts';
import { PoolWatch } from './pool-watch.ts';
import { startsSlowly } from './slow-start.ts';
import { stickyBackend, stickyCookie } from './sticky.ts';
import { WaitQueue } from './wait-queue.ts';
import { WaitingRoom } from './waiting-room.ts';

export type { Pick } from './picker.ts';
export type { BackendChange, PoolDeps } from './pool-deps.ts';

/** `previous`: the pool of the same name that ran until now; what was observed of an address and set by hand is kept. */
export function createPool(name: string, config: PoolConfig, deps: PoolDeps, previous?: Pool): Pool {
  return new Pool(name, config, deps, previous);
}

/** A named group of backends with a policy, its checks, its ejections and where its backends come from. */
export class Pool {
  /** The pool of the same name in the next config goes on counting in it. */
  readonly load: PoolLoad;
  readonly name: string;
  readonly config: PoolConfig;
  readonly waitingRoom: WaitingRoom;
  readonly #deps: Required<PoolDeps>;
  readonly #watch: PoolWatch;
  readonly #picker: Picker;
  readonly #bounds: Bounds;
  #backends: readonly Backend[];
  /** They are those of another file or name (Envoy's warming), until this pool's own has been asked. */
  #areBorrowed: boolean;

  constructor(name: string, config: PoolConfig, deps: PoolDeps, previous?: Pool) {
    this.name = name;
    this.load = previous ? previous.load : new PoolLoad(deps.thread, deps.lead?.load);
    this.config = config;
    this.#bounds = previous ? previous.#bounds : { maxInFlight: config.connections.maxInFlight };
    this.#deps = withDefaults(deps, name, config);
    this.#backends = deps.lead
      ? backendsOf(deps.lead.backends, this.#backendOptions(), previous?.backends ?? [])
      : carryOver(config, this.#backendOptions(), previous);
    this.#areBorrowed =
      config.discover !== undefined &&
      previous !== undefined &&
      (previous.#areBorrowed || !discoversSame(config, previous.config));
    this.#picker = new Picker(config, this.#deps, (backend) =>
      deps.lead ? deps.lead.readmitted(backend) : this.readmit(backend),
    );
    this.#picker.setBackends(this.#backends);
    const queue =
      previous?.waitingRoom.queue ?? new WaitQueue({ clock: deps.clock, random: this.#deps.random, load: this.load });
    this.waitingRoom = new WaitingRoom({ config, picker: this.#picker, load: this.load, queue });
    this.#watch = new PoolWatch(config, this.#deps, () => this.#backends, {
      onChange: (backend, reason) => this.#changed(backend, reason),
      onDiscovered: (found) => this.#takeDiscovered(found),
      onProblem: () => (this.#areBorrowed ? this.#takeDiscovered([]) : this.#deps.onChange()),
    });
  }

  /** Resolves when its policy is ready: a large hash ring is built in slices, and until then its backends take turns, or go by the one before. */
  get ready(): Promise<void> {
    return this.#picker.ready;
  }

  get backends(): readonly Backend[] {
    return this.#backends;
  }

  /** The backend for the next attempt; null when none is available. A tried one comes back only when no other is left. */
  pick(subject: RoutedSubject, tried: readonly Backend[] | null): Pick | null {
    const named = tried === null ? this.#namedByCookie(subject) : null;
    if (named && named.keepsSessions) return { backend: named, why: 'sticky cookie' };
    return this.#picker.pick(hashKey(this.config, subject), tried);
  }

  /** For an exchange that a rule sends to `only`: null when that is not `ready` or is full. Its weight and health do not count. */
  pickOnly(only: Backend): Pick | null {
    return only.state === 'ready' && !only.full ? { backend: only, why: 'set by a rule' } : null;
  }

  /** The Set-Cookie value for an answer of `backend`; null: the pool is not sticky, or the client has that cookie. */
  setCookie(subject: RoutedSubject, backend: Backend): string | null {
    const { sticky } = this.config;
    if (!sticky) return null;
    return this.#namedByCookie(subject) === backend ? null : stickyCookie(sticky, backend);
  }

  #namedByCookie(subject: RoutedSubject): Backend | null {
    const { sticky } = this.config;
    return sticky ? stickyBackend(sticky, subject.requestHeader('cookie'), this.#backends) : null;
  }

  /** To be told of every attempt that has ended. */
  attemptEnded(backend: Backend, result: AttemptResult): void {
    backend.attemptEnded(result);
    this.#picker.ended(backend, result);
    if (this.#deps.lead) this.#deps.lead.attemptEnded(backend, result);
    else this.observe(backend, result, this.#deps.clock.now());
    this.waitingRoom.queue.madeRoom();
  }

  /** Draws the conclusions from an attempt that ended at `at` (`Clock.now()`), here or in a thread that this one leads. */
  observe(backend: Backend, result: AttemptResult, at: number): void {
    backend.observe(result, at);
    if (!result.ok) this.#watch.attemptFailed(backend, result.error);
  }

  /** Ends the ejection of one that was picked because no other is left. */
  readmit(backend: Backend): void {
    this.#watch.readmit(backend, 'no other is left');
  }

  /** What the other threads are to know of it. */
  facts(): PoolFacts {
    const { discoveryProblem } = this.#watch;
    return { load: this.load.memory, backends: this.#backends.map(factsOf), discoveryProblem };
  }

  /** Takes over what the leading thread says of the backends. */
  follow({ backends: facts, discoveryProblem }: PoolFacts): void {
    this.#watch.follow(discoveryProblem);
    const weightsBefore = this.#backends.map(({ weight }) => weight);
    const before = this.#backends;
    this.#backends = followFacts(before, facts, this.#backendOptions());
    const isAsBefore =
      before.length === this.#backends.length &&
      this.#backends.every((backend, i) => backend === before[i] && backend.weight === weightsBefore[i]);
    if (!isAsBefore) this.#picker.setBackends(this.#backends);
    this.#replaced(before);
    this.waitingRoom.wake();
  }

  /** `by`: who and when, in words: `by you, 14:02`. */
  setState(backend: Backend, state: BackendState, by: string): void {
    if (backend.state === 'maint' && state === 'ready') backend.record.returnedAt = this.#deps.clock.now();
    backend.state = state;
    backend.stateBy = by;
    this.#changed(backend, backend.reason);
  }

  setWeight(backend: Backend, weight: number): void {
    backend.weight = weight;
    this.#picker.setBackends(this.#backends);
    this.#changed(backend, `weight ${weight}`);
  }

  /** A failure on purpose from the next attempt on; null: no more. */
  setFault(backend: Backend, fault: Fault | null): void {
    backend.fault = fault;
    this.#changed(backend, fault ? `fault: ${describeFault(fault)}` : 'fault ended');
  }

  /** The pool's check once, at one of its backends or any other; without a check a TCP connect. */
  probe(at: Backend | { url: string }): Promise<ProbeAnswer> {
    const { healthCheck, timeouts } = this.config;
    const backend = at instanceof Backend ? at : this.#strange(at.url);
    if (healthCheck) return probe(backend, healthCheck, this.#deps.lane);
    return probeTcp(backend.host, backend.port, timeouts.connect || 2000);
  }

  /** One that is not in the pool. */
  #strange(url: string): Backend {
    return new Backend({ url, weight: 1, state: 'ready', backup: false }, this.#backendOptions());
  }

  /** How keys are divided, and whom `key` would get; nothing is counted. While a ring is built: by the one before (`ready`). */
  explain(key: string | undefined, slots: number): PoolExplanation {
    return explainPolicy(this.config, this.#backends, this.#picker, { key, slots });
  }

  /** The backends that may get this request now, one when it alone decides; `only`: that of this name. */
  candidates(subject: RoutedSubject, only?: string): readonly Backend[] {
    if (only !== undefined) return this.#backends.filter(({ name }) => name === only);
    const named = this.#namedByCookie(subject);
    if (named && named.keepsSessions) return [named];
    return candidatesFor(this.#picker, hashKey(this.config, subject));
  }

  /** `a: maint by you, 14:02; b: ejected 2 s: 3× reset` */
  unavailableReasons(): string {
    if (this.#backends.length === 0) return this.#watch.discoveryProblem ?? 'no backend was discovered yet';
    return this.#backends.map((backend) => `${backend.name}: ${backend.reason}`).join('; ');
  }

  start(): void {
    for (const backend of this.#backends) backend.succeed();
    if (!this.#deps.lead) this.#watch.forgetUnwatched();
    this.#bounds.maxInFlight = this.config.connections.maxInFlight;
    this.waitingRoom.queue.setInUse(true);
    this.waitingRoom.wake();
    this.#watch.start();
  }

  stop(): void {
    this.#watch.stop();
    this.waitingRoom.queue.setInUse(false);
  }

  /** Another config runs now; exchanges that began before may still finish here. */
  retire(): void {
    for (const backend of this.#backends) backend.leave();
    this.waitingRoom.wake();
  }

  status(): PoolState {
    const { policy, hash, healthCheck, retry, discover } = this.config;
    const { discoveryProblem } = this.#watch;
    return {
      name: this.name,
      policy,
      ...(hash && { hash }),
      check: healthCheck && describeCheck(healthCheck),
      ...(discover && { discover: describeDiscovery(discover) }),
      ...(discoveryProblem !== null && { problem: discoveryProblem }),
      retry: `${retry.attempts} attempts · ${retry.on.join(', ')}`,
      ...(this.load.queued.value > 0 && { queued: this.load.queued.value }),
      backends: this.#backends.map((backend) => backend.status()),
    };
  }

  #backendOptions() {
    const { policy, slowStart = 0 } = this.config;
    return {
      clock: this.#deps.clock,
      bounds: this.#bounds,
      slowStartMs: startsSlowly(policy) ? slowStart : 0,
      onConnectionFree: () => this.waitingRoom.wake(),
    };
  }

  #takeDiscovered(found: readonly BackendConfig[]): void {
    const before = this.#backends;
    this.#areBorrowed = false;
    this.#backends = updateBackends(before, found, this.#backendOptions());
    this.waitingRoom.wake();
    this.#picker.setBackends(this.#backends);
    this.#watch.backendsChanged();
    this.#replaced(before);
    this.#deps.onChange();
  }

  #replaced(before: readonly Backend[]): void {
    for (const backend of this.#backends) backend.succeed();
    const gone = before.filter((backend) => !this.#backends.includes(backend));
    if (gone.length > 0) this.#deps.onGone(gone);
  }

  #changed(backend: Backend, reason: string): void {
    this.waitingRoom.wake();
    this.#deps.onChange({ pool: this.name, backend: backend.name, reason });
  }
}
