/** `allow` and `deny`: who may come, by address. */
import { isIP } from 'node:net';
import { test } from '../expressions.ts';
import { HIDDEN, isClientHidden } from './guards.ts';
import type { Site } from './site.ts';
import type { Directive } from './syntax.ts';

/** `when`: one of them holds. */
type Denied = 'always' | 'never' | { when: string[] };

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
      : 'networks of IPv6 with zeros in them, or of everything, cannot be compared here';
    ledger.approximate(odd, `${why}, so 403 is answered to all`);
    return { denied: 'always', rules };
  }
  return { denied: decidedBy(rules, otherwise), rules };
}

/** Rules that say the same one behind the other are one step: lists may be long. */
function decidedBy(rules: readonly Directive[], otherwise: 'always' | 'never'): Denied {
  const [rule] = rules;
  if (!rule) return otherwise;
  const verdict = rule.name === 'deny' ? 'always' : 'never';
  if (rule.words[0] === 'all') return verdict;
  const end = rules.findIndex(({ name, words }) => name !== rule.name || words[0] === 'all');
  const same = end < 0 ? rules : rules.slice(0, end);
  const rest = decidedBy(rules.slice(same.length), otherwise);
  if (verdict === rest) return verdict;
  const clients = clientsTests(same);
  const before = typeof rest === 'object' ? rest.when : [];
  if (verdict === 'always') return { when: [...clients, ...before] };
  const named = clients.length > 1 ? `(${clients.join(' or ')})` : clients[0];
  return { when: [`not ${named}${before.length > 0 ? ` and (${before.join(' or ')})` : ''}`] };
}

const MOST_OF_A_TERM = 500;
const EXACT = 'clientIp = ';

/** Whole addresses come as lists. */
function clientsTests(rules: readonly Directive[]): string[] {
  const terms = rules.flatMap(({ words: [who = ''] }) => clientTest(who) ?? []);
  const exact = terms.filter((term) => term.startsWith(EXACT)).map((term) => term.slice(EXACT.length));
  const lists = Array.from({ length: Math.ceil(exact.length / MOST_OF_A_TERM) }, (_, i) => {
    const some = exact.slice(i * MOST_OF_A_TERM, (i + 1) * MOST_OF_A_TERM);
    return some.length > 1 ? `clientIp in (${some.join(', ')})` : `${EXACT}${some[0]}`;
  });
  return [...lists, ...terms.filter((term) => !term.startsWith(EXACT))];
}

/** How many bits of an address a network fixes; whole addresses are the longest. */
export function sizeOf(network: string): number {
  return Number(network.split('/')[1] ?? 128);
}

/** null: such a network cannot be compared. */
export function clientTest(who: string): string | null {
  const [, written = '', size] = /^([\d.]+|[0-9a-f:]+)(?:\/(\d+))?$/i.exec(who) ?? [];
  const address = canonical(written);
  if (address === null) return null;
  if (size === undefined || size === (address.includes(':') ? '128' : '32')) return test('clientIp', '=', address);
  return networkTest(address, Number(size));
}

function networkTest(address: string, size: number): string | null {
  const isLong = address.includes(':');
  if (size < (isLong ? 4 : 1) || size > (isLong ? 128 : 32)) return null;
  const [width, separator] = isLong ? [16, ':'] : [8, '.'];
  const parts = address.split('::')[0]?.split(separator) ?? [];
  const whole = Math.floor(size / width);
  const fixed = parts.slice(0, whole);
  const written = fixed.map((part) => `${part}${separator}`).join('');
  // Zeros of IPv6 may be left out.
  if (isLong && (fixed.length < whole || fixed.includes('0'))) return null;
  const rest = size % width;
  if (rest === 0) return test('clientIp', '^=', written);
  const ranged = isLong ? hexRange(parts[whole] ?? '0', rest) : decimalRange(Number(parts[whole]), rest);
  const end = whole === (isLong ? 7 : 3) ? '$' : `[${separator}]`;
  return ranged && test('clientIp', '~', `^${written.replaceAll('.', '[.]')}${ranged}${end}`);
}

/** Numbers up to 255 that begin with the same bits, by their tens: `(?:19[2-9]|20[0-9]|…|25[0-5])`. */
function decimalRange(first: number, bits: number): string {
  const from = first & (0xff << (8 - bits));
  const to = from + (0xff >> bits);
  const tens = Array.from(
    { length: Math.floor(to / 10) - Math.floor(from / 10) + 1 },
    (_, i) => Math.floor(from / 10) + i,
  );
  const all = tens.map((ten) => {
    const [low, high] = [Math.max(from - ten * 10, 0), Math.min(to - ten * 10, 9)];
    return `${ten === 0 ? '' : ten}[${low}-${high}]`;
  });
  return `(?:${all.join('|')})`;
}

/** Such numbers of four digits; null: its zeros in front may be left out. */
function hexRange(written: string, bits: number): string | null {
  const digits = Math.floor(bits / 4);
  if (written.length < 4) return null;
  const from = Number.parseInt(written[digits] ?? '0', 16) & (0xf << (4 - (bits % 4)));
  const to = from + (0xf >> (bits % 4));
  // The first of four is no zero.
  if (digits === 0 && from === 0) return null;
  const letters = Array.from({ length: to - from + 1 }, (_, i) => (from + i).toString(16)).join('');
  return `${written.slice(0, digits)}[${letters}]${'[0-9a-f]'.repeat(3 - digits)}`;
}

/** As addresses of clients are written here; null: it is none, or one of IPv4 within IPv6, which nginx compares otherwise. */
function canonical(address: string): string | null {
  if (isIP(address) === 0) return null;
  if (!address.includes(':')) return address;
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  return short.startsWith('::ffff:') ? null : short;
}
