/** `location` blocks as routes, and as rules what they do to heads. */
import type { Draft, DraftAction, DraftPool, DraftRoute } from '../draft.ts';
import { allOf, test } from '../expressions.ts';
import { addRule } from './location-rules.ts';
import { addRedirects, isRedirect } from './redirects.ts';
import { type Files, filesOf, isTried } from './static-files.ts';
import { type Directive, durationOf, last, named } from './syntax.ts';
import { valueOf } from './values.ts';

export interface Context {
  draft: Draft;
  /** Of upstreams, by their names. */
  pools: Map<string, string>;
  /** Of pools that some location goes to: whether they keep the client's Host. */
  hosts: Map<string, boolean>;
  /** `limit_req_zone` by the zone's name. */
  zones: ReadonlyMap<string, Directive>;
  /** Condition on the host; absent: any. */
  host: string | undefined;
  listeners: string[];
  /** The server's own directives, which locations inherit. */
  server: readonly Directive[];
}

const MODIFIERS = new Set(['=', '~', '~*', '^~']);

export interface Place {
  modifier: string;
  path: string;
}

function placeOf({ words }: Directive): Place {
  const [first = '/', second = ''] = words;
  return MODIFIERS.has(first) ? { modifier: first, path: second } : { modifier: '', path: first };
}

/** nginx's: exact, then the longest prefix if it is `^~`, then patterns in order, then the longest prefix. */
export function inLookupOrder(locations: readonly Directive[]): Directive[] {
  const rank = (location: Directive) =>
    ['=', '^~', '~', '~*', ''].indexOf(placeOf(location).modifier.replace('~*', '~'));
  const isPrefix = (location: Directive) => ['^~', ''].includes(placeOf(location).modifier);
  return locations.toSorted((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0 || !isPrefix(a)) return byRank;
    return placeOf(b).path.length - placeOf(a).path.length;
  });
}

/** `whole`: it stands for the server itself. */
export function readLocation(location: Directive, context: Context, whole = false): void {
  const { draft, host, listeners } = context;
  const place = placeOf(location);
  const at = `line ${location.line}`;
  const name = [...location.words].join(' ') || '/';
  if (place.path.startsWith('@'))
    return isTried(place.path, context)
      ? draft.map(at, `location ${name}`)
      : draft.refuse(at, `location ${name}`, 'a named location is reached by error_page or try_files only');
  const match = allOf([host, whole ? undefined : pathMatch(place)]);
  const block = location.block ?? [];
  const common: DraftRoute = {
    ...(listeners.length > 0 ? { listeners } : {}),
    ...(match === undefined ? {} : { match }),
  };
  const isRedirected = addRedirects(block, { ...context, at, name: labelOf(place, context), common, where: match });
  const target = targetOf(block, context, place, at);
  if (!target && isRedirected) return;
  if (!target) return draft.refuse(at, `location ${name}`, 'it neither passes requests on nor answers them');
  const route = draft.addRoute(at, labelOf(place, context), { ...common, ...target.route });
  const inherited = context.server.filter(
    ({ name: each }) => INHERITED.has(each) && !block.some((own) => own.name === each),
  );
  const rest = block.filter((directive) => !isRedirect(directive));
  addRule(whole ? rest : [...inherited, ...rest], {
    ...context,
    route,
    at,
    place,
    uri: target.uri,
    host: target.host,
    files: target.files,
  });
}

function labelOf({ path }: Place, { server }: Context): string {
  const host = named(server, 'server_name')[0]?.words[0];
  const label = [host !== undefined && host !== '_' ? host : '', path].join(' ').replace(/[^\w.-]+/g, ' ');
  return label.trim() || 'default';
}

/** A set in a location takes the place of the server's as a whole. */
export const INHERITED = new Set([
  'proxy_set_header',
  'add_header',
  'proxy_hide_header',
  'limit_req',
  'limit_req_status',
]);

function pathMatch({ modifier, path }: Place): string | undefined {
  switch (modifier) {
    case '=':
      return test('path', '=', path);
    case '~':
      return test('path', '~', path);
    case '~*':
      return test('path', '~i', path);
    default:
      return path === '/' ? undefined : test('path', '^=', path);
  }
}

interface Target {
  route: Partial<DraftRoute>;
  /** Path of `proxy_pass`, which takes the place of the location's. */
  uri?: string | undefined;
  /** What the backend is told as Host, where that is not what its pool says. */
  host?: string | undefined;
  /** Files that answer before that. */
  files?: DraftAction[] | undefined;
}

/** Programs behind them speak something else than HTTP. */
const OTHER_PROTOCOLS = ['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'memcached_pass'];

function targetOf(block: readonly Directive[], context: Context, place: Place, at: string): Target | null {
  const answer = last(block, 'return');
  if (answer) return { route: returnRoute(answer, context.draft) };
  const files = filesOf(block, context, place);
  const pass = last(block, 'proxy_pass') ?? last(block, 'grpc_pass');
  if (pass) return withFiles(passTarget(pass, block, context, at), files);
  const other = block.find(({ name }) => OTHER_PROTOCOLS.includes(name));
  // Never the files of its root, which would be the source of programs.
  if (other)
    return { route: { respond: { status: 502, body: `${other.name} is not HTTP; give it a pool that is\n` } } };
  if (files?.fallback) return withFiles(namedTarget(files.fallback, context, at), files);
  return files ? { route: { respond: { status: 404 } }, files: files.actions } : null;
}

function withFiles(target: Target | null, files: Files | null): Target | null {
  return target && files?.isTried ? { ...target, files: files.actions } : target;
}

function namedTarget(name: string, context: Context, at: string): Target | null {
  const block = named(context.server, 'location').find(({ words }) => words[0] === name)?.block ?? [];
  const pass = last(block, 'proxy_pass');
  return pass ? passTarget(pass, [...block], context, at) : null;
}

function returnRoute({ words, line }: Directive, draft: Draft): Partial<DraftRoute> {
  const [first = '404', text] = words;
  const status = Number(first);
  if (words.some((word) => word.includes('$request_uri')))
    draft.approximate(`line ${line}`, ['return', ...words].join(' '), 'without the query of the request');
  if (Number.isNaN(status)) return { redirect: { status: 302, location: valueOf(first) ?? first } };
  if (status >= 300 && status < 400 && text !== undefined) return { redirect: { status, location: locationOf(text) } };
  const body = text === undefined ? null : valueOf(text);
  return { respond: { status: status === 444 ? 403 : status, ...(body === null ? {} : { body }) } };
}

/** `$request_uri` is the path with its query. */
function locationOf(text: string): string {
  return text.replaceAll('$request_uri', '$uri').replace(/\$\{?\w+\}?/g, (found) => valueOf(found) ?? found);
}

function passTarget(
  { words, line }: Directive,
  block: readonly Directive[],
  context: Context,
  at: string,
): Target | null {
  const [, scheme = 'http', authority = '', uri] = /^(https?|grpcs?):\/\/([^/]+)(\/.*)?$/.exec(words[0] ?? '') ?? [];
  if (authority === '' || authority.includes('$')) {
    context.draft.refuse(`line ${line}`, `proxy_pass ${words[0] ?? ''}`, 'its address has variables, or is none');
    return null;
  }
  const pool = context.pools.get(authority) ?? lonePool(scheme, authority, context, at);
  applyToPool(pool, [...context.server, ...block], context);
  return { route: { pool }, uri, host: hostFor(pool, block, context) };
}

/** The Host header belongs to the pool here: its first location says which; what others want is a rule's. */
function hostFor(pool: string, block: readonly Directive[], context: Context): string | undefined {
  const { draft, server, pools, hosts } = context;
  const own = named(block, 'proxy_set_header');
  const directive = (own.length > 0 ? own : named(server, 'proxy_set_header')).find(
    ({ words }) => words[0]?.toLowerCase() === 'host',
  );
  const written = directive?.words[1] ?? '$proxy_host';
  const preserves = written === '$host' || written === '$http_host';
  if (!preserves && written !== '$proxy_host') return valueOf(written) ?? refused(directive, draft);
  const isFirst = !hosts.has(pool);
  if (isFirst) hosts.set(pool, preserves);
  const config = draft.pools.get(pool)?.value;
  if (isFirst && config) config.preserveHost = preserves;
  if (hosts.get(pool) === preserves) return undefined;
  if (preserves) return '$header[host]';
  const upstream = [...pools].find(([, name]) => name === pool)?.[0] ?? pool;
  return /^[\w.-]+(:\d+)?$/.test(upstream) ? upstream : undefined;
}

function refused(directive: Directive | undefined, draft: Draft): undefined {
  if (directive)
    draft.refuse(
      `line ${directive.line}`,
      [directive.name, ...directive.words].join(' '),
      'it has a variable that values here do not have',
    );
}

/** A pool of the one address that `proxy_pass` names. */
function lonePool(scheme: string, authority: string, { draft, pools }: Context, at: string): string {
  const secure = scheme === 'https' || scheme === 'grpcs';
  const address = /:\d+$/.test(authority) ? authority : `${authority}:${secure ? 443 : 80}`;
  const pool: DraftPool = { preserveHost: false, backends: [{ url: `${secure ? 'https' : 'http'}://${address}` }] };
  const name = draft.addPool(at, authority, scheme.startsWith('grpc') ? { ...pool, protocol: 'http2' } : pool);
  pools.set(authority, name);
  return name;
}

type RetryOn = NonNullable<NonNullable<DraftPool['retry']>['on']>;

const RETRY_WORDS: Readonly<Record<string, RetryOn>> = {
  error: ['connect', 'reset'],
  timeout: ['timeout'],
  http_500: [500],
  http_502: [502],
  http_503: [503],
  http_504: [504],
  http_429: [429],
};

/** Time-outs and retries belong to the pool here. */
function applyToPool(name: string, directives: readonly Directive[], { draft }: Context): void {
  const pool = draft.pools.get(name)?.value;
  if (!pool) return;
  const connect = durationOf(last(directives, 'proxy_connect_timeout')?.words[0]);
  const read = durationOf(last(directives, 'proxy_read_timeout')?.words[0]);
  if (connect !== undefined || read !== undefined)
    pool.timeouts = {
      ...(connect === undefined ? {} : { connect }),
      ...(read === undefined ? {} : { head: read, idle: read }),
    };
  const words = last(directives, 'proxy_next_upstream')?.words;
  const tries = Number(last(directives, 'proxy_next_upstream_tries')?.words[0] ?? 0);
  if (!words && tries === 0) return;
  const on = words?.includes('off') ? [] : [...new Set((words ?? []).flatMap((word) => RETRY_WORDS[word] ?? []))];
  const wishes = words === undefined ? {} : { on, nonIdempotent: words.includes('non_idempotent') };
  pool.retry = { ...(tries > 0 ? { attempts: Math.min(16, tries) } : {}), ...wishes };
}
