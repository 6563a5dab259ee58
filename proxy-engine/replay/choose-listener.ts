import type { ListenerState } from '../contract/state.ts';
import { isLoopback, splitAddress } from '../downstream/address.ts';

/** The listener that a request to `authority` would come in by: the one at that address, else the first forward one, else the first. */
export function chooseListener(
  listeners: readonly ListenerState[],
  authority: string,
  scheme: 'http' | 'https',
): ListenerState | undefined {
  const wanted = splitAddress(/:\d+$/.test(authority) ? authority : `${authority}:${scheme === 'https' ? 443 : 80}`);
  const own = listeners.find(({ address }) => isAt(splitAddress(address), wanted));
  return own ?? listeners.find(({ mode }) => mode === 'forward') ?? listeners[0];
}

interface Address {
  host: string;
  port: number;
}

const ANY = new Set(['0.0.0.0', '::']);

function isAt(listener: Address, wanted: Address): boolean {
  if (listener.port !== wanted.port) return false;
  const isLocal = isLoopback(wanted.host);
  return listener.host === wanted.host || (isLocal && (ANY.has(listener.host) || isLoopback(listener.host)));
}
