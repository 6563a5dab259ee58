/** `proxy_pass` and `grpc_pass`: the pool, and what happens to path, Host and redirects on the way. */
import type { DraftAction, DraftPool, DraftResponseAction } from '../draft.ts';
import { escapePattern, literal } from '../expressions.ts';
import { backendTls } from './backend-tls.ts';
import type { Passed } from './content.ts';
import { isPattern } from './lookup.ts';
import { pathPattern } from './path-patterns.ts';
import { groupNames } from './patterns.ts';
import { applyToPool } from './pool-wide.ts';
import type { Site } from './site.ts';
import { type Directive, named } from './syntax.ts';
import { valueOf } from './values.ts';

/** null: it leads nowhere that is known here, which is told. */
export function passOf(directive: Directive, site: Site): Passed | null {
  const { draft, ledger } = site;
  const { scheme, authority, uri } = addressOf(directive.words[0] ?? '');
  const known = site.pools.get(`${scheme}://${authority.toLowerCase()}`);
  const isEvaluated = directive.source?.[0]?.includes('$') ?? false;
  // Of a constant: others nginx does not take.
  const isPlain = directive.name !== 'proxy_pass' || /^https?:/i.test(directive.words[0] ?? '');
  const isVariable = !isPlain || authority === '' || /^\$(?!(request_uri|uri|document_uri)\b)/.test(uri);
  if (isVariable || authority.startsWith('unix:') || known === null) {
    const why = isVariable ? 'its address has variables, or is none' : 'it is a socket file';
    ledger.refuse(directive, `${why}; 502 is answered`);
    return null;
  }
  const actions = site.isRewritten && !isEvaluated ? [] : pathActions(directive, uri, { ...site, isEvaluated });
  if (actions === null) {
    ledger.refuse(directive, 'a path with variables behind proxy_pass; 502 is answered');
    return null;
  }
  ledger.settle(directive);
  const prefix = scheme.startsWith('grpc') ? 'grpc' : 'proxy';
  const plain = known ?? lonePool(scheme, authority, site);
  const pool = scheme.endsWith('s') ? securePool(plain, { directive, site, prefix, authority }) : plain;
  const config = draft.pools.get(pool)?.value;
  applyToPool(config, site);
  if (config && prefix === 'grpc') config.protocol = 'http2';
  const path = uri.startsWith('$') ? undefined : uri.split('?')[0] || undefined;
  const host = hostFor(pool, { prefix, authority }, site);
  const address = `${scheme}://${authority}${path ?? ''}`;
  return { pool, prefix, actions, host, redirects: redirectsOf(address, { pool, host, site, isEvaluated }) };
}

/** Of `proxy_pass`, which has a scheme, or `grpc_pass`, which may have one. */
export function addressOf(written: string): { scheme: string; authority: string; uri: string } {
  const [, scheme = 'grpc', authority = '', uri = ''] =
    /^(?:(https?|grpcs?):\/\/)?([^/$]*)([/$].*)?$/i.exec(written) ?? [];
  return { scheme: scheme.toLowerCase(), authority, uri };
}

/** A pool of the one address that `proxy_pass` names. */
function lonePool(scheme: string, authority: string, { draft, pools, at }: Site): string {
  const isSecure = scheme.endsWith('s');
  const address = /:\d+$/.test(authority) ? authority : `${authority}:${isSecure ? 443 : 80}`;
  const pool: DraftPool = { preserveHost: false, backends: [{ url: `${isSecure ? 'https' : 'http'}://${address}` }] };
  const name = draft.addPool(at, authority, pool);
  pools.set(`${scheme}://${authority.toLowerCase()}`, name);
  return name;
}

/** Certificates belong to the pool here: locations that differ in them have one each. */
function securePool(name: string, way: Parameters<typeof backendTls>[0]): string {
  const { draft, pools, at } = way.site;
  const tls = backendTls(way);
  const config = draft.pools.get(name)?.value;
  if (!config) return name;
  config.tls ??= tls;
  if (JSON.stringify(config.tls) === JSON.stringify(tls)) return name;
  const key = `${name} ${JSON.stringify(tls)}`;
  const copy = structuredClone({ ...config, tls });
  // Its own location says these.
  delete copy.timeouts;
  delete copy.retry;
  const other = pools.get(key) ?? draft.addPool(at, way.authority, copy);
  pools.set(key, other);
  return other;
}

/** What stands behind the address takes the place of the location's path; null: it cannot be said here. */
function pathActions(
  directive: Directive,
  uri: string,
  { place, ledger, isEvaluated }: Pick<Site, 'place' | 'ledger'> & { isEvaluated: boolean },
): DraftAction[] | null {
  const bare = uri.replace(QUERY_OF_REQUEST, '');
  const isWithQuery = bare !== uri;
  const [path = '', query] = bare.split(/\?(.*)/s);
  if (uri === '' || uri === '$request_uri') return [];
  if (/^\$(document_)?uri/.test(uri)) {
    ledger.approximate(directive, 'path and parameters go on as the client wrote them');
    return [];
  }
  if (query !== undefined) ledger.approximate(directive, 'parameters behind proxy_pass; use a query action');
  if (!uri.includes('$') && isEvaluated) {
    ledger.approximate(directive, 'the parameters of the request stay');
    return [{ path: { replace: '^.*$', with: literal(path) } }];
  }
  if (!uri.includes('$')) {
    if (isPattern(place)) ledger.refuse(directive, 'a path behind proxy_pass in a location with a pattern');
    const isSame = isPattern(place) || path === place.path;
    return isSame ? [] : [{ path: { replace: `^${escapePattern(encodeURI(place.path))}`, with: literal(path) } }];
  }
  if (query?.includes('$')) return null;
  return variableActions(directive, { path, isWithQuery }, { place, ledger });
}

/** As people write that the parameters go along. */
const QUERY_OF_REQUEST = /(?:\$is_args|\?)\$(?:args|query_string)$/;

function variableActions(
  directive: Directive,
  { path, isWithQuery }: { path: string; isWithQuery: boolean },
  { place, ledger }: Pick<Site, 'place' | 'ledger'>,
): DraftAction[] | null {
  const [, before] = /^([^$]*)\$request_uri$/.exec(path) ?? [];
  if (before !== undefined) return [{ path: { replace: '^', with: literal(before) } }];
  const to = valueOf(path, groupNames(place.path));
  const isOfPattern = isPattern(place);
  if (to === null || !to.startsWith('/') || (!isOfPattern && /(?<!\$)(?:\$\$)*\$\d/.test(to))) return null;
  if (!isWithQuery) ledger.approximate(directive, 'the parameters of the request stay');
  const mode = place.modifier === '~*' ? '(?i)' : '';
  return [
    { path: { replace: isOfPattern ? `${mode}^.*?(?:${pathPattern(place.path).pattern}).*$` : '^.*$', with: to } },
  ];
}

interface Way {
  pool: string;
  host: string | undefined;
  site: Site;
  /** It has a variable: then nothing is done unless `proxy_redirect` says what. */
  isEvaluated: boolean;
}

/** nginx turns redirects to the address behind `proxy_pass` into such to itself; a backend that is told the client's Host makes none. */
function redirectsOf(address: string, way: Way): DraftResponseAction[] {
  const { directives, ledger } = way.site;
  const written = named(directives, 'proxy_redirect');
  ledger.settle(...written);
  if (written.some(({ words: [first] }) => first === 'off')) return [];
  if (written.length === 0) return usualRedirect(address, way);
  return written.flatMap((directive) => {
    const [first = '', second = ''] = directive.words;
    if (first === 'default') return usualRedirect(address, way);
    const to = valueOf(second);
    if (to !== null && !/^~|\$/.test(first)) return [replaceLocation(first, to)];
    ledger.refuse(directive, 'it has a pattern or a variable');
    return [];
  });
}

function usualRedirect(
  address: string,
  { pool, host, isEvaluated, site: { place, draft } }: Way,
): DraftResponseAction[] {
  const keeps = host === undefined && draft.pools.get(pool)?.value.preserveHost;
  if (keeps || isEvaluated || isPattern(place) || /^\$(host|header)/.test(host ?? '')) return [];
  const isWithPath = /^\w+:\/\/[^/]+\//.test(address);
  return [replaceLocation(isWithPath ? address : `${address}/`, isWithPath ? place.path : '/')];
}

function replaceLocation(from: string, to: string): DraftResponseAction {
  const text = to.startsWith('/') ? literal(to) : to;
  return { replaceHeader: { name: 'location', replace: `^${escapePattern(from)}`, with: text } };
}

/** The Host header belongs to the pool here: its first location says which; what others want is a rule's. */
function hostFor(
  pool: string,
  { prefix, authority }: { prefix: string; authority: string },
  { directives, draft, ledger, hosts }: Site,
): string | undefined {
  const directive = named(directives, `${prefix}_set_header`).find(({ words }) => words[0]?.toLowerCase() === 'host');
  const written = directive?.words[1] ?? '$proxy_host';
  const preserves = written === '$http_host';
  if (directive) ledger.settle(directive);
  if (!preserves && written !== '$proxy_host') {
    const host = valueOf(written);
    if (host === null && directive) ledger.refuse(directive, 'it has a variable that values here do not have');
    return host ?? undefined;
  }
  const isFirst = !hosts.has(pool);
  if (isFirst) hosts.set(pool, preserves);
  const config = draft.pools.get(pool)?.value;
  if (isFirst && config) config.preserveHost = preserves;
  if (preserves) return hosts.get(pool) === preserves ? undefined : '$header[host]';
  const isOwn = config?.backends?.length === 1 && config.backends[0]?.url.endsWith(`//${authority}`);
  return isOwn && hosts.get(pool) === preserves ? undefined : authority;
}
