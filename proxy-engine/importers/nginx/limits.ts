/** `limit_req` as the limit of a rule. */
import type { DraftRule } from '../draft.ts';
import type { Site } from './site.ts';
import { type Directive, last, named } from './syntax.ts';
import { valueOf, whenGiven } from './values.ts';

/** Zones that some location counts in. */
const counted = new WeakSet<Directive>();

type Limited = Pick<DraftRule, 'limit' | 'match'>;

/** `match`: what has no key is not counted. */
export function limitsOf(site: Site): Limited[] {
  const { directives, ledger } = site;
  const status = last(directives, 'limit_req_status');
  if (status) ledger.settle(status);
  return named(directives, 'limit_req').flatMap((each) => limitOf(each, status, site) ?? []);
}

function limitOf(directive: Directive, status: Directive | undefined, { zones, ledger }: Site): Limited | undefined {
  const zone = zones.get(optionOf(directive, 'zone') ?? '');
  const [, count, unit = 's'] = /^(\d+)r\/([sm])$/.exec((zone && optionOf(zone, 'rate')) ?? '') ?? [];
  const key = keyOf(zone?.words[0] ?? '');
  if (!zone || count === undefined || key === null)
    return void ledger.refuse(directive, 'its zone is not in the file, or counts by something that is not known here');
  ledger.settle(directive);
  noteTogether(directive, ledger);
  if (counted.has(zone)) ledger.approximate(directive, 'each route counts by itself here, not all that share the zone');
  counted.add(zone);
  const limit = {
    requests: `${count}/${unit}`,
    burst: Number(optionOf(directive, 'burst') ?? 0),
    key: key === '$client_ip' ? 'client_ip' : key,
    status: Number(status?.words[0] ?? 503),
  };
  const match = whenGiven(zone.words[0] ?? '');
  return { limit, ...(match !== undefined && { match }) };
}

/** One that is the same for all counts all that come to a listener. */
function keyOf(written: string): string | null {
  const key = written.replace(/\$server_name\b/g, '');
  return key.includes('$') ? valueOf(key) : written === '' ? null : '$listener';
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
