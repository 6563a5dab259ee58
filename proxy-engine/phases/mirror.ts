/** A copy of a request for another pool: its answer is recorded and dropped, and it never holds up the original. */
import type { ClientEvents, ClientStream } from '../downstream/client-stream.ts';
import { ProxyError } from '../errors.ts';
import { LiveExchange } from '../exchange.ts';
import { isKept } from '../http/read-buffers.ts';

/** Bytes of a request body that wait for a slow mirror before the copy is given up. */
const WAITING_BYTES = 1024 ** 2;

/** What the copy of an exchange starts from: the request as the rules left it. */
export function copyExchange(original: LiveExchange, id: number, startedAt: number): LiveExchange {
  const { listener, scheme, protocol, clientIp, clientPort, request, outgoing, host, port } = original;
  const copy = new LiveExchange(id, startedAt, { listener, scheme, protocol, clientIp, clientPort }, request, {
    host,
    port,
    pathAndQuery: outgoing.target,
  });
  copy.outgoing = { ...outgoing, headers: outgoing.headers.clone() };
  copy.isCopy = true;
  copy.tls = original.tls;
  copy.peerIp = original.peerIp;
  copy.trustsPeer = original.trustsPeer;
  copy.note(`mirror of ${original.id}`);
  return copy;
}

/** Feeds the copy and takes its answer for a client that is not there. */
export class Mirror implements ClientStream {
  #walk: ClientEvents | null = null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  /** The end of the body waits as well. */
  #endWaits = false;

  /** `begin` makes the walk of the copy and starts it. */
  constructor(begin: (client: ClientStream) => ClientEvents) {
    this.#walk = begin(this);
  }

  add(chunk: Buffer): void {
    isKept(chunk);
    if (!this.#paused) {
      this.#walk?.onRequestBody(chunk);
      return;
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > WAITING_BYTES) this.drop('its backend takes the body too slowly');
  }

  finish(): void {
    this.#endWaits = this.#paused;
    if (!this.#paused) this.#walk?.onRequestEnd(null);
  }

  turnEnd(): void {
    this.#walk?.onClientTurnEnd();
  }

  drop(why: string): void {
    const walk = this.#walk;
    this.#walk = null;
    this.#waiting = [];
    walk?.onClientError(new ProxyError('MIRROR_GIVEN_UP', `the mirror was given up: ${why}`));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const chunk of waiting) this.add(chunk);
    if (this.#endWaits) this.finish();
    this.turnEnd();
  }

  detach(): never {
    throw new Error('a mirror is never a tunnel');
  }

  flush(): boolean {
    return true;
  }

  inform(): void {}
  respond(): void {}
  body(): void {}
  end(): void {}
  abort(): void {}
  hang(): void {}
}
