import { isIPv4, isIPv6 } from 'node:net';
import type { Backend } from './backend.ts';
import type { Eligible, Policy } from './policy.ts';
import { smoothStep } from './smooth-weighted.ts';

const MAX_TRIES = 20;

/**
 * nginx's `ip_hash`: the first three bytes of an IPv4 address (so that a client behind changing addresses stays), all 16
 * of an IPv6 one. When the backend it names is out the hash goes on; after 20 tries it is smooth weighted round robin.
 */
export function ipHash(backends: readonly Backend[]): Policy {
  const current = new Float64Array(backends.length);
  const named = (eligible: Eligible, key: string | null): Backend | null => {
    const bytes = key === null || backends.length < 2 ? null : hashedBytes(key);
    return bytes && byAddress(backends, eligible, bytes);
  };
  return { next: (eligible, key) => named(eligible, key) ?? smoothStep(backends, current, eligible), named };
}

function byAddress(backends: readonly Backend[], eligible: Eligible, bytes: readonly number[]): Backend | null {
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return null;
  let hash = 89;
  for (let tries = 0; tries <= MAX_TRIES; tries++) {
    for (const byte of bytes) hash = (hash * 113 + byte) % 6271;
    let left = hash % total;
    const named = backends.find(({ weight }) => (left -= weight) < 0);
    if (named && eligible(named)) return named;
  }
  return null;
}

/** The bytes that count; null when `address` is no IP address. IPv4 in IPv6 (`::ffff:1.2.3.4`) counts as IPv4. */
export function hashedBytes(address: string): number[] | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return plain.split('.').slice(0, 3).map(Number);
  return isIPv6(plain) ? bytesOfIPv6(plain) : null;
}

function bytesOfIPv6(address: string): number[] {
  const groups = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = [], tail = []] = groups.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
