/** Where this program listens itself: what is sent there would come back. */
import { isIP, type Socket } from 'node:net';
import { isLoopback, splitAddress } from './address.ts';

interface OwnAddress {
  host: string;
  port: number;
  /** A reverse listener: what comes there goes to no address of our own any more. */
  isReverse: boolean;
}

/**
 * What came to a forward listener (`ofForward`) may go on to a reverse one, from which nothing leads back: where it is asked for that,
 * reverse listeners are none of our addresses.
 */
export class OwnAddresses {
  /** Of this program, but no listeners. */
  #reserved: readonly OwnAddress[] = [];
  #listeners: readonly OwnAddress[] = [];
  #all: readonly OwnAddress[] = [];
  #ports: ReadonlySet<number> = new Set();

  /** An address that is no listener's, from now on. */
  reserve(address: string): void {
    this.#reserved = [...this.#reserved, { ...splitAddress(address), isReverse: false }];
    this.#know();
  }

  /** The listeners that run now. */
  set(listeners: readonly { address: string; isReverse: boolean }[]): void {
    this.#listeners = listeners.map(({ address, isReverse }) => ({ ...splitAddress(address), isReverse }));
    this.#know();
  }

  #know(): void {
    this.#all = [...this.#listeners, ...this.#reserved];
    this.#ports = new Set(this.#all.map(({ port }) => port));
  }

  /** Whether what is sent to `host` arrives at this program; of names only `localhost` is known. */
  has(host: string, port: number, ofForward: boolean): boolean {
    if (!this.#ports.has(port)) return false;
    const isLocal = host === 'localhost' || (isIP(host) !== 0 && isLoopback(host));
    return this.#closedTo(ofForward).some(
      (own) => own.port === port && (own.host === host || (isLocal && reaches(own.host, host))),
    );
  }

  /** Whether a connection that this process has made came out at itself. */
  isEndOf({ remoteAddress = '', remotePort = 0, localAddress }: Socket, ofForward: boolean): boolean {
    if (!this.#ports.has(remotePort)) return false;
    const host = remoteAddress.replace(/^::ffff:/, '');
    const isHere = remoteAddress === localAddress;
    return (
      this.has(host, remotePort, ofForward) ||
      (isHere && this.#closedTo(ofForward).some((own) => own.port === remotePort && isWildcard(own.host)))
    );
  }

  #closedTo(ofForward: boolean): readonly OwnAddress[] {
    return ofForward ? this.#all.filter(({ isReverse }) => !isReverse) : this.#all;
  }
}

/** Whether a listener at `own` hears what is sent to `host`, an address of this machine alone. */
function reaches(own: string, host: string): boolean {
  if (isWildcard(own) || own === 'localhost') return true;
  return host === 'localhost' && (own === '127.0.0.1' || own === '::1');
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
