/** Which server nginx takes for a Host: exact names, then the longest `*.name`, then `name.*`, then patterns, then the default server. */
import { anyOf, oneOf, test } from '../expressions.ts';
import { addressesOf } from './listens.ts';
import { readablePattern } from './patterns.ts';
import { type Directive, named } from './syntax.ts';

interface Name {
  /** 0 exact, 1 `*.name`, 2 `name.*`, 3 a pattern: the smaller one is preferred. */
  rank: number;
  /** Without the star or the tilde. */
  text: string;
}

export interface NamedServer {
  directive: Directive;
  /** In effect, with what `http` says. */
  block: readonly Directive[];
}

export interface Hosts {
  server: NamedServer;
  /** Condition on the host; absent: any; null: no request reaches it. */
  host: string | null | undefined;
  /** Names that only nginx can read: the condition holds for more hosts than they do. */
  isUnread?: boolean;
  /** Names that an earlier server has at the same address: nginx goes by that one. */
  taken?: readonly string[];
}

/** Those that take any host come last, so that the others have been asked before. `nameAt`: of the listener at an address. */
export function inHostOrder(servers: readonly NamedServer[], nameAt: (address: string) => string): Hosts[] {
  const defaults = defaultServers(servers);
  const found = servers.flatMap((server): (Hosts & { order: number })[] => {
    const own = addressesOf(server.block).map(({ address }) => address);
    const defaultAt = own.filter((address) => defaults.get(address) === server);
    const termOf = (name: Name) =>
      without(nameTest(name), preferredTo(name, server, servers, new Set(defaults.values())));
    const { names, elsewhere, taken } = ownNames(server, servers);
    const terms = names.filter(isRead).map(termOf);
    for (const { name, at } of elsewhere.filter((each) => isRead(each.name))) {
      const named = at.filter((address) => !defaultAt.includes(address));
      if (named.length > 0) terms.push(`(${termOf(name)} and ${oneOf('listener', named.map(nameAt))})`);
    }
    const unread = anyOf(
      names.filter((name) => !isRead(name)).map((name) => without(termOf(name), names.filter(isRead))),
    );
    const closed = unread === undefined ? [] : [{ server, host: unread, isUnread: true, order: 0 }];
    if (defaultAt.length === own.length) return [...closed, { server, host: undefined, order: 2, taken }];
    if (defaultAt.length > 0) terms.push(oneOf('listener', defaultAt.map(nameAt)));
    return [...closed, { server, host: anyOf(asLists(terms)) ?? null, order: defaultAt.length > 0 ? 1 : 0, taken }];
  });
  return found.toSorted((a, b) => a.order - b.order);
}

/** Many names make a long condition. */
function asLists(terms: readonly string[]): string[] {
  const exact = terms.filter((term) => HOST_IS.test(term));
  if (exact.length < MANY) return [...terms];
  const list = `host in (${exact.map((term) => term.replace(HOST_IS, '')).join(', ')})`;
  return [list, ...terms.filter((term) => !HOST_IS.test(term))];
}

const MANY = 10;
const HOST_IS = /^host = (?=[\w.-]+$)/;

interface OwnNames {
  names: Name[];
  /** Those that an earlier server has at some of the addresses, with the other ones. */
  elsewhere: { name: Name; at: string[] }[];
  taken: string[];
}

/** "conflicting server name … ignored": of two servers of an address, the first keeps a name. */
function ownNames(server: NamedServer, servers: readonly NamedServer[]): OwnNames {
  const own = addressesOf(server.block).map(({ address }) => address);
  const found: OwnNames = { names: [], elsewhere: [], taken: [] };
  const earlier = servers.slice(0, servers.indexOf(server));
  for (const name of namesOf(server.block)) {
    const havingIt = earlier.filter(({ block }) => namesOf(block).some((other) => isSame(other, name)));
    const theirs = new Set(havingIt.flatMap(({ block }) => addressesOf(block).map(({ address }) => address)));
    const at = own.filter((address) => !theirs.has(address));
    if (at.length === own.length) found.names.push(name);
    else found.taken.push(name.rank === 1 ? `*${name.text}` : name.text);
    if (at.length < own.length && at.length > 0) found.elsewhere.push({ name, at });
  }
  return found;
}

function isSame(one: Name, other: Name): boolean {
  return one.rank === other.rank && one.text === other.text;
}

function isRead({ rank, text }: Name): boolean {
  return rank !== 3 || readablePattern(text).isExact;
}

/** The first server of an address, unless another one says that it is. */
export function defaultServers(servers: readonly NamedServer[]): ReadonlyMap<string, NamedServer> {
  const defaults = new Map<string, NamedServer>();
  for (const server of servers)
    for (const { address, isDefault } of addressesOf(server.block))
      if (isDefault || !defaults.has(address)) defaults.set(address, server);
  return defaults;
}

function namesOf(block: readonly Directive[]): Name[] {
  const written = named(block, 'server_name').flatMap(({ words }) => words);
  return written.filter((name) => name !== '_').flatMap(readName);
}

function readName(written: string): Name[] {
  if (written.startsWith('~')) return [{ rank: 3, text: written.slice(1) }];
  const name = written.toLowerCase();
  if (name.startsWith('*.')) return [{ rank: 1, text: name.slice(1) }];
  if (name.endsWith('.*')) return [{ rank: 2, text: name.slice(0, -1) }];
  const isBoth = name.startsWith('.');
  return isBoth
    ? [
        { rank: 0, text: name.slice(1) },
        { rank: 1, text: name },
      ]
    : [{ rank: 0, text: name }];
}

const HAS_HOST = test('host', '~', '.');

function nameTest({ rank, text }: Name): string {
  switch (rank) {
    case 0:
      // The empty name is that of requests without Host.
      return text === '' ? `not ${HAS_HOST}` : test('host', '=', text);
    case 1:
      return test('host', '$=', text);
    case 2:
      return test('host', '^=', text);
    default:
      return test('host', '~i', readablePattern(text).pattern);
  }
}

function without(term: string, others: readonly Name[]): string {
  const isExact = ({ rank, text }: Name) => rank === 0 && text !== '';
  const exact = others.filter(isExact).map(({ text }) => text);
  const rest = others
    .filter((name) => !isExact(name))
    .map((name) => (name.text === '' ? HAS_HOST : `not ${nameTest(name)}`));
  const all = [term, ...(exact.length > 0 ? [`not ${oneOf('host', exact)}`] : []), ...rest];
  return all.length > 1 ? `(${all.join(' and ')})` : term;
}

/** Names of other servers at its addresses that nginx prefers for hosts that this one matches, too. */
function preferredTo(
  name: Name,
  server: NamedServer,
  servers: readonly NamedServer[],
  defaults: ReadonlySet<NamedServer>,
): Name[] {
  const own = addressesOf(server.block).map(({ address }) => address);
  const beside = servers.filter(
    (other) => other !== server && addressesOf(other.block).some(({ address }) => own.includes(address)),
  );
  // Default servers come last here, whichever pattern nginx asks first.
  const isBefore = (other: NamedServer) => defaults.has(other) && servers.indexOf(other) < servers.indexOf(server);
  return beside.flatMap((other) =>
    namesOf(other.block).filter(
      (each) => isPreferred(each, name) || (isBefore(other) && each.rank === 3 && name.rank === 3),
    ),
  );
}

function isPreferred(other: Name, name: Name): boolean {
  if (other.rank === 0) return name.rank > 0 && holds(name, other.text);
  if (other.rank < name.rank) return true;
  if (other.rank !== name.rank || other.text.length <= name.text.length) return false;
  return (name.rank === 1 && other.text.endsWith(name.text)) || (name.rank === 2 && other.text.startsWith(name.text));
}

/** Of a pattern that only nginx can read, it is taken to hold. */
function holds({ rank, text }: Name, host: string): boolean {
  if (rank === 1) return host.endsWith(text);
  if (rank === 2) return host.startsWith(text);
  try {
    return new RegExp(text, 'i').test(host);
  } catch {
    return true;
  }
}
