/** `limit_req` as the limit of a rule. */
import type { DraftRule } from '../draft.ts';
import type { Site } from './site.ts';
import { type Directive, last, named } from './syntax.ts';
import { valueOf, whenGiven } from './values.ts';

/** Zones that some location counts in. */
const counted = new WeakSet<Directive>();

/** A rule has one limit: the first. `match`: what has no key is not counted. */
export function limitOf({ directives, zones, ledger }: Site): Pick<DraftRule, 'limit' | 'match'> | undefined {
  const [first, ...more] = named(directives, 'limit_req');
  const status = last(directives, 'limit_req_status');
  if (status) ledger.settle(status);
  for (const each of more) ledger.refuse(each, 'a rule has one limit');
  if (!first) return undefined;
  const zone = zones.get(optionOf(first, 'zone') ?? '');
  const [, count, unit = 's'] = /^(\d+)r\/([sm])$/.exec((zone && optionOf(zone, 'rate')) ?? '') ?? [];
  const key = valueOf(zone?.words[0] ?? '');
  if (!zone || count === undefined || key === null) {
    ledger.refuse(first, 'its zone is not in the file, or counts by something that is not known here');
    return undefined;
  }
  ledger.settle(first);
  noteTogether(first, ledger);
  if (counted.has(zone)) ledger.approximate(first, 'each route counts by itself here, not all that share the zone');
  counted.add(zone);
  const limit = {
    requests: `${count}/${unit}`,
    burst: Number(optionOf(first, 'burst') ?? 0),
    key: key === '$client_ip' ? 'client_ip' : key,
    status: Number(status?.words[0] ?? 503),
  };
  const match = whenGiven(zone.words[0] ?? '');
  return { limit, ...(match !== undefined && { match }) };
}

/** What answers before it is limited. */
export function settleLimits({ directives, ledger }: Site): void {
  ledger.settle(...named(directives, 'limit_req'), ...named(directives, 'limit_req_status'));
}

function optionOf({ words }: Directive, key: string): string | undefined {
  return words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

function noteTogether(directive: Directive, ledger: Site['ledger']): void {
  const atOnce = directive.words.find((word) => word === 'nodelay' || word.startsWith('delay='));
  if (Number(optionOf(directive, 'burst') ?? 0) === 0 || atOnce === undefined) return;
  const those = atOnce === 'nodelay' ? 'those within burst' : `the first ${atOnce.slice(6)} of them`;
  ledger.approximate(directive, `requests over the rate wait here; with ${atOnce} nginx lets ${those} through at once`);
}
