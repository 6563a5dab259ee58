/** Clients that do not take certificates of the local authority (they pin another, or were never told of it), by host. */
import { refusedCertificate } from './client-failure.ts';
import type { ClientHello } from './client-hello.ts';
import { LruMap } from './lru-map.ts';

const MAX_REMEMBERED = 1000;
/** After this time interception is tried again: somebody may have made the client trust the authority. */
const FORGET_AFTER_MS = 10 * 60 * 1000;
/** A client that says no means it; one that only goes away may have had other reasons, until it does so again. */
const WEIGHT = { refused: 2, left: 1 } as const;
const ENOUGH = 2;

export class Refusals {
  readonly #now: () => number;
  readonly #remembered = new LruMap<string, { weight: number; until: number }>(MAX_REMEMBERED);

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A handshake with our certificate failed. Answers whether the next connection to that host is better left closed. */
  add(clientIp: string, host: string, hello: ClientHello, error: { code?: string }): boolean {
    const key = keyOf(clientIp, host, hello);
    const before = this.#weightOf(key);
    const weight = before + (refusedCertificate(error) ? WEIGHT.refused : WEIGHT.left);
    this.#remembered.set(key, { weight, until: this.#now() + FORGET_AFTER_MS });
    return weight >= ENOUGH;
  }

  has(clientIp: string, host: string, hello: ClientHello): boolean {
    return this.#weightOf(keyOf(clientIp, host, hello)) >= ENOUGH;
  }

  #weightOf(key: string): number {
    const found = this.#remembered.get(key);
    return found && found.until > this.#now() ? found.weight : 0;
  }
}

/** Programs on one machine share its address; the ciphers tell a browser from curl. */
function keyOf(clientIp: string, host: string, { ciphers }: ClientHello): string {
  return `${clientIp}|${host}|${ciphers}`;
}
