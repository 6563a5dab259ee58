/** Messages that wait for a person. Each goes on by itself when its time is up, and when its client goes away. */
import type { Clock } from '../clock.ts';
import type { BreakpointState, HeldDetail, HeldRow } from '../contract/breakpoint.ts';
import type { LiveExchange } from '../exchange.ts';
import type { TracedRule } from '../rules/trace.ts';
import type { Breakpoints, HeldMessage, Verdict } from '../rules/verdict.ts';
import type { SharedCounter } from '../threads/shared-counter.ts';
import { type Decision, detailOf, verdictOf } from './decision.ts';
import { type AwaitedNext, NextBreakpoint } from './next-breakpoint.ts';

/** How long a message is held: it then goes on unchanged. */
export const HOLD_MS = 5 * 60_000;
/** More than these are not held. */
export const MAX_HELD = 500;
/** Of bodies; what would be more is not held either. */
export const MAX_HELD_BYTES = 512 * 1024 ** 2;

const UNCHANGED: Verdict = { body: null, answer: null, abort: null };

interface Held {
  row: HeldRow;
  message: HeldMessage;
  decide(verdict: Verdict): void;
}

/** Messages that other threads of the engine hold. */
export interface HeldElsewhere {
  rows(): readonly HeldRow[];
  /** null: none of them holds it. */
  detail(exchangeId: number): Promise<HeldDetail | null>;
  decide(decision: Decision): Promise<string | null>;
  /** null: nothing any more. */
  awaitNext(awaited: AwaitedNext | null): void;
}

export class BreakpointQueue implements Breakpoints {
  readonly #next: NextBreakpoint;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** By the exchange's id, the longest-held first. */
  readonly #held = new Map<number, Held>();
  #heldBytes = 0;
  /** null: this is the only thread. */
  elsewhere: HeldElsewhere | null = null;

  /** `turn`: of the next one that is awaited, the same in all threads. */
  constructor(clock: Clock, onChange: () => void, turn?: SharedCounter) {
    this.#clock = clock;
    this.#changed = onChange;
    this.#next = new NextBreakpoint(onChange, turn);
  }

  hold(message: HeldMessage): Promise<Verdict> {
    const { exchange, sizeBytes } = message;
    if (!this.hasRoom(exchange, sizeBytes)) return Promise.resolve(UNCHANGED);
    this.#heldBytes += sizeBytes;
    return new Promise((resolve) => {
      const cancelTimeout = this.#clock.after(HOLD_MS, () => this.#timeOut(exchange));
      const decide = (verdict: Verdict): void => {
        cancelTimeout();
        this.#held.delete(exchange.id);
        this.#heldBytes -= sizeBytes;
        resolve(verdict);
        this.#changed();
      };
      this.#held.set(exchange.id, { row: this.#rowOf(message), message, decide });
      this.#changed();
    });
  }

  hasRoom(exchange: LiveExchange, lengthBytes: number): boolean {
    const isFull = this.#held.size >= MAX_HELD;
    if (!isFull && this.#heldBytes + Math.max(0, lengthBytes) <= MAX_HELD_BYTES) return true;
    const what = isFull ? `${MAX_HELD} messages` : `bodies of ${Math.round(this.#heldBytes / 1024 ** 2)} MiB`;
    exchange.note(`not held: ${what} are held already`);
    return false;
  }

  takeNext(exchange: LiveExchange, phase: 'request' | 'response'): 'request' | 'response' | null {
    return this.#next.take(exchange, phase);
  }

  #timeOut(exchange: LiveExchange): void {
    exchange.note(`held at a breakpoint for ${HOLD_MS / 60_000} minutes, then sent on as it was`);
    this.drop(exchange.id);
  }

  drop(exchangeId: number): void {
    this.#held.get(exchangeId)?.decide(UNCHANGED);
  }

  /** Everything goes on as it is. */
  releaseAll(): void {
    for (const { decide } of this.#held.values()) decide(UNCHANGED);
  }

  /** null: that exchange is not held. */
  detail(exchangeId: number): HeldDetail | null | Promise<HeldDetail | null> {
    const held = this.#held.get(exchangeId);
    if (held) return detailOf(held.row, held.message);
    return this.elsewhere?.detail(exchangeId) ?? null;
  }

  /** What a person decided. Answers what is wrong with the edits, and changes nothing then. */
  decide(decision: Decision): string | null | Promise<string | null> {
    const held = this.#held.get(decision.id);
    if (!held) return this.elsewhere?.decide(decision) ?? null;
    const verdict = verdictOf(held.message, decision);
    if (typeof verdict === 'string') return verdict;
    held.decide(verdict);
    return null;
  }

  awaitNext({ match, phase }: { match: string | null; phase: 'request' | 'response' }): string | null {
    const problem = match === null ? this.#next.disarm() : this.#next.arm({ match, phase });
    this.elsewhere?.awaitNext(this.#next.awaited);
    return problem;
  }

  /** What another thread awaits; null: nothing. */
  followNext(awaited: AwaitedNext | null): void {
    this.#next.follow(awaited);
  }

  state(): BreakpointState {
    const own = [...this.#held.values()].map(({ row }) => row);
    const others = this.elsewhere?.rows() ?? [];
    const held = others.length === 0 ? own : [...own, ...others].toSorted((a, b) => a.heldAt - b.heldAt);
    return { held, next: this.#next.state(), holdMs: HOLD_MS };
  }

  #rowOf({ exchange, phase }: HeldMessage): HeldRow {
    const heldAt = this.#clock.epoch();
    return {
      id: exchange.id,
      phase,
      method: exchange.method,
      url: exchange.url,
      ...(phase === 'response' && exchange.answered && { status: exchange.answered.status }),
      rule: ruleOf(exchange, phase),
      heldAt,
      until: heldAt + HOLD_MS,
    };
  }
}

/** The last rule that asked for it; absent: a person asked for the next one. */
function ruleOf({ traces }: LiveExchange, phase: 'request' | 'response'): string | undefined {
  const asks = (trace: TracedRule) => trace.actions.some(({ words }) => words.includes('breakpoint'));
  return traces?.findLast((trace) => trace.phase === phase && asks(trace))?.name;
}
