import type { Clock } from '../clock.ts';
import type { Fault } from '../contract/state.ts';
import { ProxyError } from '../errors.ts';
import type { LiveAttempt } from '../exchange.ts';
import type { BackendEvents } from '../upstream/backend-stream.ts';
import { cutPoint, decideFault, describeFault, type FaultDecision, type FaultFailure } from './fault.ts';
import { feign } from './feigned-answer.ts';

/** The attempt that suffers a fault. */
export interface Sufferer {
  record: LiveAttempt;
  events: BackendEvents;
  clock: Clock;
  /** Longest wait for a response head, milliseconds; 0: no limit. */
  headTimeoutMs: number;
  /** Goes on as without a fault. */
  connect(): void;
}

/** A failure made on purpose, as one attempt suffers it: before it connects, in the place of its answer, and in the answer's body. */
export class AttemptFault {
  readonly #description: string;
  readonly #decision: FaultDecision;
  #cancelWait: (() => void) | null = null;

  private constructor(description: string, decision: FaultDecision) {
    this.#description = description;
    this.#decision = decision;
  }

  /** null: it spares this attempt. */
  static of(fault: Fault, random: () => number): AttemptFault | null {
    const decision = decideFault(fault, random);
    return decision && new AttemptFault(describeFault(fault), decision);
  }

  /** How fast it lets the response come; Infinity: as it comes. */
  get bytesPerSecond(): number {
    return this.#decision.bytesPerSecond;
  }

  /** Where the body ends before its time; null: nowhere. */
  get cut(): FaultDecision['cutBody'] {
    return this.#decision.cutBody;
  }

  /** It stands in for the backend, whatever comes of that. */
  get isFeigned(): boolean {
    return this.#decision.failWith !== null;
  }

  begin(sufferer: Sufferer): void {
    const { record, clock } = sufferer;
    const { delayMs, failWith } = this.#decision;
    record.fault = this.#description;
    if (delayMs === 0) this.#afterDelay(sufferer, failWith);
    else
      this.#wait(clock, delayMs, () => {
        record.delayedUntil = clock.now();
        this.#afterDelay(sufferer, failWith);
      });
  }

  #afterDelay(sufferer: Sufferer, failWith: FaultFailure | null): void {
    const { record, events, clock } = sufferer;
    if (!failWith) {
      sufferer.connect();
      return;
    }
    if (failWith.kind !== 'reset-connect') record.sentAt = clock.now();
    if (failWith.kind === 'blackhole') this.#failInTime(sufferer);
    else feign(failWith, record.backend, events);
  }

  /** Nothing comes; the timeouts of the pool decide. */
  #failInTime({ events, clock, headTimeoutMs }: Sufferer): void {
    const message = `no response head within ${headTimeoutMs} ms, by a fault`;
    const error = new ProxyError('HEAD_TIMEOUT', message, { byFault: true });
    if (headTimeoutMs > 0) this.#wait(clock, headTimeoutMs, () => events.onFailed(error));
  }

  #wait(clock: Clock, ms: number, then: () => void): void {
    this.#cancelWait = clock.after(ms, then);
  }

  /** The attempt has ended: what did not act is not recorded. */
  end(record: LiveAttempt): void {
    this.#cancelWait?.();
    if (!this.#hasActed(record)) record.fault = null;
  }

  /** A fault of bodies spares what has none. */
  #hasActed({ error, status, bytesReceived }: LiveAttempt): boolean {
    const { delayMs, failWith, bytesPerSecond } = this.#decision;
    if (delayMs > 0 || failWith || error?.byFault) return true;
    return bytesPerSecond < Number.POSITIVE_INFINITY && (bytesReceived > 0 || status === 101);
  }

  /** A body of `lengthBytes` comes (-1: not known); false: it was to be cut, and there is nothing to cut. */
  placeCut(lengthBytes: number): boolean {
    const { cutBody } = this.#decision;
    if (!cutBody) return true;
    if (lengthBytes === 0) this.#decision.cutBody = null;
    else cutBody.afterBytes = cutPoint(cutBody.afterBytes, lengthBytes);
    return lengthBytes !== 0;
  }
}
