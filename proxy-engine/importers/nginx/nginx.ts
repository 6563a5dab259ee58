/** nginx's `http` configuration: listeners of `listen`, pools of `upstream`, routes and rules of `location`. */
import type { Config } from '../../contract/config.ts';
import { type Draft, type DraftListener, UnreadableImport } from '../draft.ts';
import { anyOf, oneOf, test } from '../expressions.ts';
import { QUIET, UNSEEN } from './location-rules.ts';
import { type Context, readLocation } from './locations.ts';
import { type Found, INHERITED, inLookupOrder, isPassedDown, withOuter } from './lookup.ts';
import { isRedirect } from './redirects.ts';
import { type Directive, last, named, parseNginx } from './syntax.ts';
import { readUpstreams } from './upstreams.ts';

export function looksLikeNginx(text: string): boolean {
  return /^\s*(upstream\s+\S+|server|http|location\s+.+)\s*\{/m.test(text);
}

export function importNginx(text: string, draft: Draft, into: Config | null): void {
  const top = parseNginx(text);
  const http = [...top, ...named(top, 'http').flatMap(({ block = [] }) => block)];
  const servers = named(http, 'server');
  const upstreams = named(http, 'upstream');
  if (servers.length + upstreams.length === 0)
    throw new UnreadableImport('there is neither a server nor an upstream block in it');
  for (const directive of http) noteOther(directive, draft);
  const pools = readUpstreams(upstreams, secureUpstreams(servers), draft);
  const zones = new Map(named(http, 'limit_req_zone').map((zone) => [zoneName(zone), zone]));
  const listeners = new Listeners(draft, into);
  const hosts = new Map<string, boolean>();
  const outer = http.filter(({ name }) => isPassedDown(name));
  for (const server of namedFirst(servers)) readServer(server, outer, { draft, pools, hosts, zones }, listeners);
  noteDefaultServers(servers, draft);
}

/** nginx gives a host that no server names to the default server of the address, which is the first one unless another says so. */
function noteDefaultServers(servers: readonly Directive[], draft: Draft): void {
  const defaults = new Map<string, Directive>();
  for (const server of servers)
    for (const { words } of named(server.block ?? [], 'listen')) {
      const address = addressOf(words[0] ?? '80');
      if (!defaults.has(address) || words.includes('default_server')) defaults.set(address, server);
    }
  for (const [address, { block = [], line }] of defaults)
    if (hostMatch(block) !== undefined)
      draft.approximate(
        `line ${line}`,
        `default server of ${address}`,
        'nginx gives it requests for unknown hosts, too; here no route of it holds for them: 404, unless another server takes any host',
      );
}

const READ = new Set([
  'http',
  'server',
  'upstream',
  'limit_req_zone',
  'events',
  'worker_processes',
  'pid',
  'user',
  'daemon',
  'master_process',
]);

function noteOther({ name, words, line }: Directive, draft: Draft): void {
  // Who upgrades a connection needs no header for it here.
  if (READ.has(name) || isPassedDown(name) || UNSEEN.has(name) || (name === 'map' && words[0] === '$http_upgrade'))
    return;
  const why =
    name === 'include'
      ? 'another file; import it too'
      : 'it has no counterpart, or stands outside of server and upstream';
  draft.refuse(`line ${line}`, [name, ...words].join(' '), why);
}

function zoneName({ words }: Directive): string {
  return (
    words
      .find((word) => word.startsWith('zone='))
      ?.slice(5)
      .split(':')[0] ?? ''
  );
}

/** Upstreams that some location reaches by TLS. */
function secureUpstreams(servers: readonly Directive[]): ReadonlySet<string> {
  const passesIn = (block: readonly Directive[]): Directive[] => [
    ...block.filter(({ name }) => name === 'proxy_pass' || name === 'grpc_pass'),
    ...named(block, 'location').flatMap((each) => passesIn(each.block ?? [])),
  ];
  const passes = servers.flatMap(({ block = [] }) => passesIn(block));
  return new Set(passes.flatMap(({ words }) => /^(?:http|grpc)s:\/\/([^/]+)/.exec(words[0] ?? '')?.[1] ?? []));
}

/** nginx looks at names before it takes the default server, which is the first one. */
function namedFirst(servers: readonly Directive[]): Directive[] {
  const isCatchAll = (server: Directive) => hostMatch(server.block ?? []) === undefined;
  return [...servers.filter((server) => !isCatchAll(server)), ...servers.filter(isCatchAll)];
}

function readServer(
  { block: written = [], line }: Directive,
  outer: readonly Directive[],
  context: Omit<Context, 'host' | 'listeners' | 'server'>,
  listeners: Listeners,
): void {
  const block = withOuter(outer, written);
  const host = hostMatch(block);
  const names = named(block, 'listen').map((listen) => listeners.nameOf(listen, block));
  const server: Context = { ...context, host, listeners: [...new Set(names)], server: block };
  for (const directive of written) noteOfServer(directive, context.draft);
  const locations = inLookupOrder(named(block, 'location'));
  // Its own answer comes before every location.
  const own = block.filter(({ name }) => name !== 'location');
  const isAnswered = own.some((directive) => directive.name === 'return' || isRedirect(directive));
  const hasFiles = own.some(({ name }) => name === 'root') && !locations.some(takesAll);
  const rest = own.filter(({ name }) => QUIET.has(name) || INHERITED.has(name) || name === 'rewrite');
  const location: Directive = { name: 'location', words: ['/'], line, block: rest };
  const whole: Found = { location, place: { modifier: '', path: '/' }, around: [], longer: [] };
  if (isAnswered) readLocation(whole, server, true);
  for (const location of locations) readLocation(location, server);
  if (isAnswered) return;
  if (hasFiles || own.some(({ name }) => name === 'proxy_pass')) readLocation(whole, server, true);
  else if (locations.length === 0)
    context.draft.refuse(`line ${line}`, 'server', 'it has neither a location nor a return');
}

function takesAll({ place, around }: Found): boolean {
  return place.path === '/' && place.modifier !== '=' && around.length === 0;
}

/** A server that answers by itself is read as a location, which tells of what it does not know. */
function noteOfServer(directive: Directive, draft: Draft): void {
  const { name, words, line } = directive;
  if (name === 'rewrite' && !isRedirect(directive))
    draft.refuse(`line ${line}`, [name, ...words].join(' '), 'it changes the path before a location is looked for');
  if (!QUIET.has(name) && !UNSEEN.has(name) && !INHERITED.has(name) && name !== 'rewrite')
    draft.refuse(`line ${line}`, [name, ...words].join(' '), 'it has no counterpart in a listener or a route');
}

function hostMatch(block: readonly Directive[]): string | undefined {
  const names = named(block, 'server_name')
    .flatMap(({ words }) => words)
    .filter((name) => name !== '_' && name !== '');
  const plain = names.filter((name) => !/^[~*.]|\*$/.test(name));
  const others = names.filter((name) => /^[~*.]|\*$/.test(name)).map(unusualName);
  return anyOf([...(plain.length > 0 ? [oneOf('host', plain)] : []), ...others]);
}

/** `*.example.com`, `.example.com`, `www.*` and `~^www\d+`. */
function unusualName(name: string): string {
  if (name.startsWith('~')) return test('host', '~i', name.slice(1));
  if (name.startsWith('*.')) return test('host', '$=', name.slice(1));
  if (name.endsWith('*')) return test('host', '^=', name.slice(0, -1));
  return `(${test('host', '=', name.slice(1))} or ${test('host', '$=', name)})`;
}

type Certificates = NonNullable<NonNullable<DraftListener['tls']>['certificates']>;

/** One listener an address, whichever servers share it. */
class Listeners {
  readonly #byAddress = new Map<string, string>();
  readonly #draft: Draft;

  constructor(draft: Draft, into: Config | null) {
    this.#draft = draft;
    for (const [name, { address, mode }] of Object.entries(into?.listeners ?? {}))
      if (mode === 'reverse') this.#byAddress.set(address, name);
  }

  nameOf({ words, line }: Directive, server: readonly Directive[]): string {
    const [written = '80', ...options] = words;
    const address = addressOf(written);
    const known = this.#byAddress.get(address);
    if (options.includes('proxy_protocol'))
      this.#draft.refuse(
        `line ${line}`,
        `listen ${words.join(' ')}`,
        'set proxyProtocol and trustedProxies of the listener',
      );
    if (known !== undefined) {
      this.#addCertificates(known, tlsOf(options, server).tls?.certificates ?? []);
      return known;
    }
    const isLocal = /^(127\.|localhost|\[::1\])/.test(written);
    const why = isLocal ? undefined : `on ${address}: this machine only; give another address and allowRemote for more`;
    const name = this.#draft.addListener(
      `line ${line}`,
      `nginx-${address.split(':').at(-1)}`,
      { address, ...tlsOf(options, server) },
      why,
    );
    this.#byAddress.set(address, name);
    return name;
  }

  /** Of another server that listens there, too. */
  #addCertificates(name: string, more: Certificates): void {
    const listener = this.#draft.listeners.get(name)?.value;
    const { certificates = [], ...tls } = listener?.tls ?? {};
    const fresh = more.filter(({ cert }) => certificates.every((known) => known.cert !== cert));
    if (listener && fresh.length > 0) listener.tls = { ...tls, certificates: [...certificates, ...fresh] };
  }
}

/** `80`, `127.0.0.1:80`, `*:80`, `[::]:80`, `host`. */
function addressOf(written: string): string {
  if (/^\d+$/.test(written)) return `127.0.0.1:${written}`;
  const [, host = written, port = '80'] = /^(.*?)(?::(\d+))?$/.exec(written) ?? [];
  if (host === '*' || host === '0.0.0.0') return `127.0.0.1:${port}`;
  return `${host === '[::]' ? '[::1]' : host}:${port}`;
}

function tlsOf(options: readonly string[], server: readonly Directive[]): Pick<DraftListener, 'tls' | 'protocols'> {
  if (!options.includes('ssl')) return {};
  const [cert] = last(server, 'ssl_certificate')?.words ?? [];
  const [key] = last(server, 'ssl_certificate_key')?.words ?? [];
  return { tls: cert !== undefined && key !== undefined ? { certificates: [{ cert, key }] } : { local: true } };
}
