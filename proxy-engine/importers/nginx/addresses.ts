/** `allow` and `deny`: who may come, by address. */
import { isIP } from 'node:net';
import { test } from '../expressions.ts';
import { HIDDEN, isClientHidden } from './guards.ts';
import type { Site } from './site.ts';
import type { Directive } from './syntax.ts';

type Denied = 'always' | 'never' | { when: string };

export interface Rules {
  denied: Denied;
  rules: readonly Directive[];
}

/** The first one that holds decides; where none does, `otherwise`. */
export function deniedBy(
  directives: readonly Directive[],
  { ledger }: Site,
  otherwise: 'always' | 'never' = 'never',
): Rules {
  const rules = directives.filter(({ name }) => name === 'allow' || name === 'deny');
  ledger.settle(...rules);
  const asking = rules.filter(({ words: [who] }) => who !== 'all');
  const odd = isClientHidden(directives) ? asking[0] : asking.find(({ words: [who = ''] }) => clientTest(who) === null);
  if (odd) {
    const why = isClientHidden(directives)
      ? HIDDEN
      : 'only whole addresses, /8, /16 and /24 of IPv4 can be compared here';
    ledger.approximate(odd, `${why}, so 403 is answered to all`);
    return { denied: 'always', rules };
  }
  const denied = rules.toReversed().reduce<Denied>(decided, otherwise);
  return { denied, rules };
}

function decided(rest: Denied, { name, words: [who = ''] }: Directive): Denied {
  const verdict: Denied = name === 'deny' ? 'always' : 'never';
  const client = who === 'all' ? null : clientTest(who);
  if (client === null || verdict === rest) return verdict;
  const before = typeof rest === 'object' ? rest.when : null;
  if (name === 'deny') return { when: before === null ? client : `${client} or ${before}` };
  return { when: before === null ? `not ${client}` : `not ${client} and (${before})` };
}

/** null: such a network cannot be compared. */
function clientTest(who: string): string | null {
  const [, written = '', size] = /^([\d.]+|[0-9a-f:]+)(?:\/(\d+))?$/i.exec(who) ?? [];
  const address = canonical(written);
  if (address === null) return null;
  if (size === undefined || size === (address.includes(':') ? '128' : '32')) return test('clientIp', '=', address);
  const octets = Number(size) / 8;
  if (address.includes(':') || ![1, 2, 3].includes(octets)) return null;
  return test('clientIp', '^=', `${address.split('.').slice(0, octets).join('.')}.`);
}

/** As addresses of clients are written here; null: it is none, or one of IPv4 within IPv6, which nginx compares otherwise. */
function canonical(address: string): string | null {
  if (isIP(address) === 0) return null;
  if (!address.includes(':')) return address;
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return short.startsWith('::ffff:') ? null : short;
}
