/** `split_clients` behind `proxy_pass`: a route that shares requests out. */
import type { DraftRoute, DraftRule } from '../draft.ts';
import { test } from '../expressions.ts';
import type { Passed } from './content.ts';
import { withWorld } from './ifs.ts';
import { passOf } from './proxy-pass.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';
import { valueOf, whenGiven } from './values.ts';

/** By their variables, without the dollar. */
export type Splits = ReadonlyMap<string, Directive>;

export function splitsOf(http: readonly Directive[]): Splits {
  return new Map(named(http, 'split_clients').map((split) => [split.words.at(-1)?.slice(1) ?? '', split]));
}

const VARIABLE = /\$\{?(\w+)\}?/g;

/** The one that an address names; absent: it names none, or more than that. */
export function splitIn({ words: [address = ''] }: Directive, { splits }: Site): Directive | undefined {
  const [[, name = ''] = [], ...more] = [...address.matchAll(VARIABLE)];
  return more.length > 0 ? undefined : splits.get(name);
}

interface Shared {
  route: Pick<DraftRoute, 'split' | 'stickyBy'>;
  /** What is the same for all. */
  passed: Passed;
  /** What is not. */
  perPool: DraftRule[];
}

/** null: some of it cannot be said. */
export function sharedOut(pass: Directive, split: Directive, site: Site): Shared | null {
  const shares = sharesOf(split);
  const ways = shares.flatMap(({ value, weight }) => {
    const passed = passOf(withWorld(pass, new Map([[split.words.at(-1) ?? '', value]])), site);
    return passed ? [{ weight, passed }] : [];
  });
  const [first] = ways;
  const isAlike = ways.every(({ passed }) => JSON.stringify(passed.actions) === JSON.stringify(first?.passed.actions));
  if (!first || ways.length < shares.length || !isAlike) return null;
  site.ledger.settleWhole(split);
  if (whenGiven(namesIn(split)) !== undefined)
    site.ledger.approximate(split, 'requests without its key are shared out in turn; nginx gives them to the first');
  const sticky = keyOf(split);
  if (sticky.stickyBy !== undefined)
    site.ledger.approximate(
      split,
      'shares are the same, and each key stays at its side; it may be another one than in nginx',
    );
  return {
    route: { split: ways.map(({ weight, passed }) => ({ pool: passed.pool, weight })), ...sticky },
    passed: { ...first.passed, host: undefined, redirects: [] },
    perPool: ways.map(({ passed }) => ofPool(passed)),
  };
}

function ofPool({ pool, host, redirects }: Passed): DraftRule {
  return {
    match: test('pool', '=', pool),
    ...(host !== undefined && { request: [{ set: { Host: host } }] }),
    ...(redirects.length > 0 && { response: redirects }),
  };
}

const WHOLE = 10_000;

/** Per cent with up to two digits; the rest is what `*` has. */
function sharesOf({ block = [] }: Directive): { value: string; weight: number }[] {
  let rest = WHOLE;
  return block.map(({ name, words: [value = ''] }) => {
    const weight = name === '*' ? rest : Math.min(rest, Math.round(Number(name.replace('%', '')) * (WHOLE / 100)));
    rest -= weight;
    return { value, weight };
  });
}

function namesIn({ words: [key = ''] }: Directive): string {
  return [...key.matchAll(VARIABLE)].map(([, name]) => `$${name}`).join('');
}

/** A text beside the variables only makes another hash; one that is new for each request shares them out in turn. */
function keyOf(split: Directive): { stickyBy?: string } {
  const value = valueOf(namesIn(split));
  if (value === null || value === '' || value.includes('$request_id')) return {};
  return { stickyBy: value === '$client_ip' ? 'client_ip' : value };
}
