/** nginx's `http` configuration: listeners of `listen`, pools of `upstream`, routes and rules of `location`. */
import { type Draft, UnreadableImport } from '../draft.ts';
import type { ImportOptions } from '../import.ts';
import { assignedIn, withConstants } from './constants.ts';
import { unreadForAll } from './guards.ts';
import { dumpOf, parseWithIncluded } from './includes.ts';
import { inEffect } from './inheritance.ts';
import { Ledger, written } from './ledger.ts';
import { mapsOf } from './maps.ts';
import { addressOf } from './proxy-pass.ts';
import { readServers } from './servers.ts';
import { splitsOf } from './splits.ts';
import { type Directive, named, whereOf } from './syntax.ts';
import { readUpstreams } from './upstreams.ts';

export function looksLikeNginx(text: string): boolean {
  return /^\s*(?:upstream\s+\S+|server|http|location\s+.+|(?:map|geo|split_clients)\s[^{;]+)\s*\{/m.test(text);
}

const NO_SERVER = 'there is neither a server nor an upstream block in it';
const NO_SERVER_BUT_FILES =
  'there is neither a server nor an upstream block in it; it includes other files: import what nginx -T prints';

const LOST_BYTES = 'it is not UTF-8, and these bytes are lost; save the file as UTF-8 and import it again';

export function importNginx(
  text: string,
  draft: Draft,
  { into, readIncluded, canUse, hasIpv6 = true }: ImportOptions,
): void {
  const dump = dumpOf(text);
  const read = readIncluded ?? (() => null);
  const parsed = dump ? parseWithIncluded(dump.main, dump.read) : parseWithIncluded({ text }, read);
  const { directives: top, used, sets } = withConstants(parsed);
  const ledger = new Ledger(draft);
  ledger.settle(...used);
  ledger.settle(...named(top, 'http'));
  const http = [...top.filter(({ name }) => name !== 'http'), ...named(top, 'http').flatMap(({ block = [] }) => block)];
  const servers = named(http, 'server');
  const upstreams = named(http, 'upstream');
  if (servers.length + upstreams.length === 0)
    throw new UnreadableImport(named(http, 'include').length > 0 ? NO_SERVER_BUT_FILES : NO_SERVER);
  const pools = readUpstreams(upstreams, schemesOf(servers, constantsOf(http, sets)), draft, ledger);
  const zones = new Map(named(http, 'limit_req_zone').map((zone) => [zoneName(zone), zone]));
  ledger.settle(...named(http, 'limit_req_zone'));
  const outer = inEffect(http, [], ledger);
  readServers(servers, outer, {
    draft,
    ledger,
    pools,
    zones,
    maps: mapsOf(http, sets),
    splits: splitsOf(http),
    assigned: new Set(assignedIn(top)),
    hosts: new Map(),
    unread: unreadForAll(http),
    into: into ?? null,
    hasIpv6,
    canUse: (files) => !Object.values(files).some((name) => name.includes('$')) && (canUse?.(files) ?? true),
  });
  noteOrder(draft, into);
  noteLostBytes(top, draft);
  ledger.close(top);
}

/** nginx takes any bytes; here the file was read as UTF-8. */
function noteLostBytes(directives: readonly Directive[], draft: Draft): void {
  for (const directive of directives) {
    const { words, block = [] } = directive;
    if (words.some((word) => word.includes('\ufffd')))
      draft.approximate(whereOf(directive), written(directive), LOST_BYTES);
    noteLostBytes(block, draft);
  }
}

/** At listeners of the config its own routes are asked first. */
function noteOrder({ routes, items, listeners }: Draft, into: ImportOptions['into']): void {
  const own = new Set(routes.flatMap(({ value }) => value.listeners ?? []).filter((name) => !listeners.has(name)));
  const before = into?.routes.filter((route) => route.listeners?.some((name) => own.has(name)) ?? own.size > 0) ?? [];
  if (before.length === 0) return;
  const names = before.map(({ name }) => name).join(', ');
  items.push({
    at: 'routes',
    what: `listeners ${[...own].join(', ')}`,
    outcome: 'approximated',
    why: `the config has them already: its routes (${names}) stand before those of the file, unless they take everything, and what they take no route of the file turns away`,
  });
}

function zoneName({ words }: Directive): string {
  const zone = words.find((word) => word.startsWith('zone='));
  return zone?.slice(5).split(':')[0] ?? '';
}

/** What variables may be, which may be the name of an upstream. */
function constantsOf(http: readonly Directive[], sets: readonly Directive[]): ReadonlySet<string> {
  const lines = ['map', 'geo', 'split_clients'].flatMap((name) => named(http, name).flatMap(({ block = [] }) => block));
  return new Set([...lines, ...sets].map(({ words }) => words.at(-1)?.toLowerCase() ?? ''));
}

/** Schemes by which locations reach upstreams, by the names of these. `constants`: what may stand in the place of a variable. */
function schemesOf(
  servers: readonly Directive[],
  constants: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const passesIn = (block: readonly Directive[]): Directive[] => [
    ...block.filter(({ name }) => name === 'proxy_pass' || name === 'grpc_pass'),
    ...block
      .filter(({ name }) => name === 'location' || name === 'if' || name === 'limit_except')
      .flatMap((each) => passesIn(each.block ?? [])),
  ];
  const schemes = new Map<string, Set<string>>();
  for (const { words } of servers.flatMap(({ block = [] }) => passesIn(block))) {
    const { scheme, authority } = addressOf(words[0] ?? '');
    for (const name of authority === '' ? constants : [authority.toLowerCase()])
      schemes.set(name, (schemes.get(name) ?? new Set()).add(scheme));
  }
  return schemes;
}
