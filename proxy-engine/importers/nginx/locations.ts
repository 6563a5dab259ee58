/** `location` blocks as routes, and as rules what they do to heads. */
import type { Draft, DraftAction, DraftPool, DraftResponseAction, DraftRoute } from '../draft.ts';
import { allOf, escapePattern, literal } from '../expressions.ts';
import { addRules } from './location-rules.ts';
import { conditionsOf, type Found, INHERITED, inheritedBy, type Place } from './lookup.ts';
import { applyToPool } from './pool-wide.ts';
import { addRedirects, isRedirect } from './redirects.ts';
import { addReturn } from './returns.ts';
import { type Files, filesOf, isTried } from './static-files.ts';
import { type Directive, last, named } from './syntax.ts';
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

/** `whole`: it stands for the server itself. */
export function readLocation(found: Found, outer: Context, whole = false): void {
  const { location, place } = found;
  const context = { ...outer, server: inheritedBy(found, outer.server) };
  const { draft, host, listeners } = context;
  const at = `line ${location.line}`;
  const name = [...location.words].join(' ') || '/';
  if (place.path.startsWith('@'))
    return isTried(place.path, context)
      ? draft.map(at, `location ${name}`)
      : draft.refuse(at, `location ${name}`, 'a named location is reached by error_page or try_files only');
  const match = allOf([host, ...(whole ? [] : conditionsOf(found))]);
  const block = location.block ?? [];
  const common: DraftRoute = {
    ...(listeners.length > 0 ? { listeners } : {}),
    ...(match === undefined ? {} : { match }),
  };
  const label = labelOf(place, context);
  const isRedirected = addRedirects(block, { ...context, at, name: label, common, where: match });
  const made = madeOf(block, { context, place, at, name: label, common });
  if (!made && isRedirected) return;
  if (!made) return draft.refuse(at, `location ${name}`, whyNothing(block));
  const inherited = context.server.filter(
    ({ name: each }) => INHERITED.has(each) && !block.some((own) => own.name === each),
  );
  const isRead = (directive: Directive) => isRedirect(directive) || (directive.name === 'deny' && isClosed(block));
  const rest = block.filter((directive) => !isRead(directive));
  addRules(whole ? rest : [...inherited, ...rest], { ...context, ...made, host: made.host, at, place });
}

function whyNothing(block: readonly Directive[]): string {
  const isRewritten = block.some(({ name }) => name === 'rewrite');
  return `it neither passes requests on nor answers them${isRewritten ? ': its rewrite leads to another location' : ''}`;
}

/** The routes of a location, with what its rule has to know. */
function madeOf(
  block: readonly Directive[],
  {
    context,
    place,
    at,
    name,
    common,
  }: { context: Context; place: Place; at: string; name: string; common: DraftRoute },
): (Omit<Target, 'route'> & { routes: string[] }) | null {
  const answer = last(block, 'return');
  if (answer) return addReturn(answer, { draft: context.draft, name, common });
  const target = targetOf(block, context, place, at);
  if (!target) return null;
  const { route, ...rest } = target;
  return { ...rest, routes: [context.draft.addRoute(at, name, { ...common, ...route })] };
}

function labelOf({ path }: Place, { server }: Context): string {
  const host = named(server, 'server_name')[0]?.words[0];
  const label = [host !== undefined && host !== '_' ? host : '', path].join(' ').replace(/[^\w.-]+/g, ' ');
  return label.trim() || 'default';
}

interface Target {
  route: Partial<DraftRoute>;
  /** Path of `proxy_pass`, which takes the place of the location's. */
  uri?: string | undefined;
  /** What the backend is told as Host, where that is not what its pool says. */
  host?: string | undefined;
  /** Files that answer before that. */
  files?: DraftAction[] | undefined;
  /** What is done to redirects of backends. */
  redirects?: DraftResponseAction[] | undefined;
}

/** Programs behind them speak something else than HTTP. */
const OTHER_PROTOCOLS = ['fastcgi_pass', 'uwsgi_pass', 'scgi_pass', 'memcached_pass'];

function targetOf(block: readonly Directive[], context: Context, place: Place, at: string): Target | null {
  if (isClosed(block)) return { route: { respond: { status: 403 } } };
  const files = filesOf(block, context, place);
  const pass = last(block, 'proxy_pass') ?? last(block, 'grpc_pass');
  if (pass) return withFiles(passTarget(pass, block, context, { place, at }), files);
  const other = block.find(({ name }) => OTHER_PROTOCOLS.includes(name));
  // Never the files of its root, which would be the source of programs.
  if (other)
    return { route: { respond: { status: 502, body: `${other.name} is not HTTP; give it a pool that is\n` } } };
  if (files?.fallback) return withFiles(namedTarget(files.fallback, context, { place, at }), files);
  return files ? { route: { respond: { status: 404 } }, files: files.actions } : null;
}

/** Nobody may come. */
function isClosed(block: readonly Directive[]): boolean {
  return last(block, 'deny')?.words[0] === 'all' && last(block, 'allow') === undefined;
}

function withFiles(target: Target | null, files: Files | null): Target | null {
  return target && files?.isTried ? { ...target, files: files.actions } : target;
}

function namedTarget(name: string, context: Context, { place, at }: { place: Place; at: string }): Target | null {
  const block = named(context.server, 'location').find(({ words }) => words[0] === name)?.block ?? [];
  const pass = last(block, 'proxy_pass');
  return pass ? passTarget(pass, [...block], context, { place, at }) : null;
}

function passTarget(
  { words, line }: Directive,
  block: readonly Directive[],
  context: Context,
  { place, at }: { place: Place; at: string },
): Target | null {
  const [, scheme = 'grpc', authority = '', uri] =
    /^(?:(https?|grpcs?):\/\/)?([^/]+)(\/.*)?$/.exec(words[0] ?? '') ?? [];
  if (authority === '' || authority.includes('$') || authority.startsWith('unix:')) {
    const why = authority.startsWith('unix:') ? 'it is a socket file' : 'its address has variables, or is none';
    context.draft.refuse(`line ${line}`, `proxy_pass ${words[0] ?? ''}`, why);
    return null;
  }
  const pool = context.pools.get(authority) ?? lonePool(scheme, authority, context, at);
  applyToPool(context.draft.pools.get(pool)?.value, [...context.server, ...block], context.draft, at);
  const config = context.draft.pools.get(pool)?.value;
  if (config && scheme.startsWith('grpc')) config.protocol = 'http2';
  const [path, query] = uri?.split('?') ?? [];
  if (query !== undefined)
    context.draft.refuse(`line ${line}`, `proxy_pass … ?${query}`, 'parameters behind proxy_pass; use a query action');
  const host = hostFor(pool, block, context);
  const redirects = redirectsOf(`${scheme}://${authority}${path ?? ''}`, { block, context, place, host });
  return { route: { pool }, uri: path, host, redirects };
}

interface PassContext {
  block: readonly Directive[];
  context: Context;
  place: Place;
  host: string | undefined;
}

/** nginx turns redirects to the address behind `proxy_pass` into such to itself; a backend that is told the client's Host makes none. */
function redirectsOf(address: string, { block, context, place, host }: PassContext): DraftResponseAction[] | undefined {
  const written = last(block, 'proxy_redirect') ?? last(context.server, 'proxy_redirect');
  const [first = 'default', second] = written?.words ?? [];
  if (first === 'off') return undefined;
  if (first === 'default') {
    const keeps =
      host === undefined
        ? context.draft.pools.get(context.pools.get(authorityOf(address)) ?? '')?.value.preserveHost
        : false;
    if (keeps || place.modifier.startsWith('~') || /^\$(host|header)/.test(host ?? '')) return undefined;
    const isWithPath = /^\w+:\/\/[^/]+\//.test(address);
    return [replaceLocation(isWithPath ? address : `${address}/`, isWithPath ? place.path : '/')];
  }
  const to = valueOf(second ?? '');
  if (to !== null && !/^~|\$/.test(first)) return [replaceLocation(first, to)];
  context.draft.refuse(
    `line ${written?.line}`,
    ['proxy_redirect', first, second ?? ''].join(' '),
    'it has a pattern or a variable',
  );
  return undefined;
}

function authorityOf(address: string): string {
  return /^\w+:\/\/([^/]+)/.exec(address)?.[1] ?? '';
}

function replaceLocation(from: string, to: string): DraftResponseAction {
  return {
    replaceHeader: {
      name: 'location',
      replace: `^${escapePattern(from)}`,
      with: to.startsWith('/') ? literal(to) : to,
    },
  };
}

/** The Host header belongs to the pool here: its first location says which; what others want is a rule's. */
function hostFor(pool: string, block: readonly Directive[], context: Context): string | undefined {
  const { draft, server, pools, hosts } = context;
  const own = named(block, 'proxy_set_header');
  const directive = (own.length > 0 ? own : named(server, 'proxy_set_header')).find(
    ({ words }) => words[0]?.toLowerCase() === 'host',
  );
  const written = directive?.words[1] ?? '$proxy_host';
  const preserves = written === '$http_host';
  if (!preserves && written !== '$proxy_host') return valueOf(written) ?? refused(directive, draft);
  const isFirst = !hosts.has(pool);
  if (isFirst) hosts.set(pool, preserves);
  const config = draft.pools.get(pool)?.value;
  if (isFirst && config) config.preserveHost = preserves;
  if (preserves) return hosts.get(pool) === preserves ? undefined : '$header[host]';
  const upstream = [...pools].find(([, name]) => name === pool)?.[0] ?? pool;
  const isOwn = config?.backends?.length === 1 && config.backends[0]?.url.endsWith(`//${upstream}`);
  return isOwn && hosts.get(pool) === preserves ? undefined : upstream;
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
  const name = draft.addPool(at, authority, pool);
  pools.set(authority, name);
  return name;
}
