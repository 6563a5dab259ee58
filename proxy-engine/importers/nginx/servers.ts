/** `server` blocks: their names, and their locations in order. */
import { closeUnread, closeUnverified } from './access.ts';
import { addHeadRules, refuseOddHosts } from './heads.ts';
import { inEffect } from './inheritance.ts';
import { Listeners } from './listeners.ts';
import { addRules } from './location-rules.ts';
import { readContent, readLocation, siteAt } from './locations.ts';
import { type Found, inLookupOrder } from './lookup.ts';
import { refuseOddPaths } from './odd-paths.ts';
import { readRewrites } from './rewrites.ts';
import { defaultServers, type Hosts, inHostOrder, type NamedServer } from './server-names.ts';
import { addRoute, type File, NOT_IMPORTED, type Server, type Site } from './site.ts';
import { addSlashRedirects } from './slash-redirects.ts';
import { type Directive, named, whereOf } from './syntax.ts';

export function readServers(servers: readonly Directive[], outer: readonly Directive[], file: File): void {
  const all: NamedServer[] = servers.map((directive) => ({
    directive,
    block: inEffect(outer, directive.block ?? [], file.ledger),
  }));
  const listeners = new Listeners(all, file);
  const listened = new Map(all.map((each) => [each, listeners.of(each)]));
  const ordered = inHostOrder(all, (address) => listeners.at(address));
  const byListener = new Map([...defaultServers(all)].map(([address, server]) => [listeners.at(address), server]));
  file.ledger.settle(...named(outer, 'underscores_in_headers'), ...named(outer, 'ignore_invalid_headers'));
  refuseOddHosts(ordered, [...byListener.keys()], file);
  ordered.forEach((found, i) => {
    const own = listened.get(found.server) ?? [];
    const isFollowed = ordered
      .slice(i + 1)
      .some(({ server }) => listened.get(server)?.some((name) => own.includes(name)));
    readServer(found, { listeners: own, unverified: listeners.unverifiedOf(found.server) }, isFollowed, file);
  });
  addHeadRules(byListener, all, file);
}

function readServer(
  hosts: Hosts,
  reached: Pick<Server, 'listeners' | 'unverified'>,
  isFollowed: boolean,
  file: File,
): void {
  const { server, host } = hosts;
  const { directive, block } = server;
  const { ledger } = file;
  if (reached.listeners.length === 0)
    return ledger.refuse(directive, 'no request reaches it: nothing here listens where it does');
  for (const name of hosts.taken ?? [])
    file.draft.approximate(
      whereOf(directive),
      `server_name ${name}`,
      'an earlier server of the same address has that name, and nginx goes by that one',
    );
  if (hosts.isUnread) return closeUnreadNames(hosts, reached.listeners, file);
  if (host === null)
    return ledger.refuse(
      directive,
      'no request reaches it: it has no name that can be read, and another server is the default one',
    );
  ledger.settle(directive, ...named(block, 'server_name'));
  const locations = inLookupOrder(named(block, 'location'));
  const names = named(block, 'server_name').flatMap(({ words }) => words);
  const label = names.find((name) => /^\w/.test(name) && name !== '_') ?? '';
  const read: Server = { ...file, ...reached, directive, host, label, block, locations, sets: new Map() };
  readWhole(read, isFollowed);
}

/** Hosts that nginx may take for this server are left neither to it nor to the default one, which may be open. */
function closeUnreadNames({ server, host }: Hosts, listeners: string[], { draft, ledger }: File): void {
  const { directive, block } = server;
  const respond = block.some(({ name }) => name === 'deny') ? { status: 403 } : NOT_IMPORTED;
  const common = { ...(listeners.length > 0 && { listeners }), ...(typeof host === 'string' && { match: host }) };
  const name = draft.addRoute(whereOf(directive), 'unread server_name', { ...common, respond });
  for (const names of named(block, 'server_name'))
    ledger.refuse(
      names,
      `RE2 cannot read all of the pattern: where what it can read holds, the route ${name} answers ${respond.status}`,
    );
}

function readWhole(server: Server, isFollowed: boolean): void {
  const whole: Found = {
    location: {
      name: 'location',
      words: ['/'],
      line: server.directive.line,
      file: server.directive.file,
      block: server.block.filter(isNoBlock),
    },
    place: { modifier: '', path: '/' },
    around: [],
    longer: [],
  };
  const site = siteAt(whole, server, true);
  const closed = [...closeUnverified(site), ...closeUnread(site)];
  refuseOddPaths(site);
  const rewritten = readRewrites(server.block, site);
  if (rewritten.known) server.sets = rewritten.known.sets;
  rewritten.answers.push(...closed);
  addRules(site, rewritten, rewritten.content);
  addSlashRedirects(server);
  for (const found of server.locations) readLocation(found, server);
  const hasFiles = server.block.some(({ name }) => name === 'root' || name === 'try_files');
  if (rewritten.content || server.locations.some(takesAll)) return;
  if (hasFiles) readContent(site);
  else if (isFollowed || isBesideOthers(server)) answerTheRest(site);
}

function isNoBlock({ name }: Directive): boolean {
  return name !== 'location';
}

/** Whether routes of the config that it is added to would take what it leaves at listeners of its own. */
function isBesideOthers({ into, listeners }: Server): boolean {
  const isFresh = listeners.every((name) => !(name in (into?.listeners ?? {})));
  return isFresh && (into?.routes.some((route) => route.listeners === undefined) ?? false);
}

/** What no location takes must not go to the server that takes any host. */
function answerTheRest(site: Site): void {
  addRoute(site, site.directive, { ...site.common, respond: { status: 404 } }, `${site.label} rest`);
}

function takesAll({ place, around }: Found): boolean {
  return place.path === '/' && place.modifier !== '=' && around.length === 0;
}
