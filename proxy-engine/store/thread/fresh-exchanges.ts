import type { LiveExchange } from '../../exchange.ts';

/**
 * Exchanges that have begun and are not in the list yet, in no order. An array whose members know their place, and no Set: the
 * tables that a Set leaves behind keep its former members alive until a full collection, which costs more than the requests.
 */
export class FreshExchanges {
  readonly #members: LiveExchange[] = [];

  add(exchange: LiveExchange): void {
    exchange.freshAt = this.#members.length;
    this.#members.push(exchange);
  }

  /** Nothing happens when it is none of them. */
  remove(exchange: LiveExchange): void {
    const at = exchange.freshAt;
    if (at < 0) return;
    exchange.freshAt = -1;
    const last = this.#members.pop() as LiveExchange;
    if (last === exchange) return;
    last.freshAt = at;
    this.#members[at] = last;
  }

  /** Those that began at `time` or before; `Clock.now()`. */
  begunBy(time: number): LiveExchange[] {
    return this.#members.filter(({ startedAt }) => startedAt <= time);
  }

  clear(): void {
    for (const exchange of this.#members) exchange.freshAt = -1;
    this.#members.length = 0;
  }
}
