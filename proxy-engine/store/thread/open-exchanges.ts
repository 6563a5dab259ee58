/** Exchanges that are shown and have not ended. */
import type { LiveExchange } from '../../exchange.ts';

export class OpenExchanges {
  readonly #all = new Map<number, LiveExchange>();
  /** Of those, the ones that were not answered when they were written down last. */
  readonly #unanswered = new Set<number>();
  /** Bytes of their bodies. */
  #bytes = 0;

  get(id: number): LiveExchange | undefined {
    return this.#all.get(id);
  }

  add(exchange: LiveExchange): void {
    this.#all.set(exchange.id, exchange);
    if (exchange.answered === null) this.#unanswered.add(exchange.id);
  }

  /** Whether it was one of them. */
  remove(id: number): boolean {
    this.#unanswered.delete(id);
    return this.#all.delete(id);
  }

  /** Those that have been answered since this was asked last. */
  newlyAnswered(): LiveExchange[] {
    const found: LiveExchange[] = [];
    for (const id of this.#unanswered) {
      const exchange = this.#all.get(id);
      if (exchange === undefined || exchange.answered === null) continue;
      this.#unanswered.delete(id);
      found.push(exchange);
    }
    return found;
  }

  /** Whether their bodies have other lengths than when this was asked last. */
  haveGrown(): boolean {
    let bytes = 0;
    for (const { requestSizeBytes, responseSizeBytes } of this.#all.values())
      bytes += requestSizeBytes + responseSizeBytes;
    if (bytes === this.#bytes) return false;
    this.#bytes = bytes;
    return true;
  }
}
