/** What a `location` does to heads, paths and rates, as a rule of its route. */
import type { Draft, DraftAction, DraftResponseAction, DraftRule } from '../draft.ts';
import { allOf, escapePattern, oneOf } from '../expressions.ts';
import type { Place } from './lookup.ts';
import { readRewrite } from './rewrites.ts';
import { triedLast } from './static-files.ts';
import { type Directive, last } from './syntax.ts';
import { valueOf } from './values.ts';

/** A location and its routes. */
export interface RuleContext {
  draft: Draft;
  /** `limit_req_zone` by the zone's name. */
  zones: ReadonlyMap<string, Directive>;
  routes: readonly string[];
  at: string;
  place: Place;
  /** Path of `proxy_pass`, which takes the place of the location's. */
  uri?: string | undefined;
  /** What the backend is told as Host, where that is not what its pool says. */
  host?: string | undefined;
  /** What answers instead of the route. */
  files?: DraftAction[] | undefined;
  /** What is done to redirects of backends. */
  redirects?: DraftResponseAction[] | undefined;
}

/** What the directives of a location make. */
export interface Parts {
  request: DraftAction[];
  response: DraftResponseAction[];
  /** On `STATUSES` only. */
  plain: DraftResponseAction[];
  /** Rules of their own, before. */
  before: DraftRule[];
}

/** Where `add_header` acts without `always`. */
const STATUSES = ['200', '201', '204', '206', '301', '302', '303', '304', '307', '308'];

/** About memory, logs and sockets: clients and backends see nothing of them. */
export const UNSEEN: ReadonlySet<string> = new Set(
  'access_log error_log log_format log_not_found log_subrequest sendfile tcp_nopush tcp_nodelay types_hash_max_size server_names_hash_bucket_size server_names_hash_max_size map_hash_bucket_size open_file_cache ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_prefer_server_ciphers proxy_buffers proxy_buffer_size proxy_busy_buffers_size client_body_buffer_size client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path'.split(
    ' ',
  ),
);

/** Read elsewhere, or without a meaning here. */
export const QUIET: ReadonlySet<string> = new Set(
  'location listen server_name return proxy_pass grpc_pass root alias index proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_next_upstream proxy_next_upstream_tries proxy_http_version proxy_buffering proxy_redirect ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers http2'.split(
    ' ',
  ),
);

/** What is done to the head by itself here, with the values that say the same. */
const OWN_HEADERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['host', []],
  ['connection', []],
  ['upgrade', []],
  ['x-forwarded-for', ['$proxy_add_x_forwarded_for']],
  ['x-forwarded-proto', ['$scheme']],
  ['x-forwarded-host', ['$host', '$http_host']],
  ['x-request-id', ['$request_id']],
]);

/** Host is the location's, the other two are the proxy's own; of the rest the usual values are what it writes. */
function isMadeHere(header: string, written: string): boolean {
  const values = OWN_HEADERS.get(header);
  return values !== undefined && (values.length === 0 || values.includes(written));
}

export function addRules(directives: readonly Directive[], context: RuleContext): void {
  const parts: Parts = { request: [], response: [...(context.redirects ?? [])], plain: [], before: [] };
  const { request, response, plain, before } = parts;
  let limit: DraftRule['limit'];
  const status = Number(last(directives, 'limit_req_status')?.words[0] ?? 503);
  if (context.host !== undefined) request.push({ set: { Host: context.host } });
  if (context.uri !== undefined) request.push(...uriActions(context));
  if (context.files) request.push(...context.files);
  for (const directive of directives) {
    if (directive.name === 'try_files' && triedLast([directive]) !== null && context.files) continue;
    if (directive.name === 'limit_req_status') continue;
    if (directive.name === 'limit_req' && limit)
      context.draft.refuse(
        `line ${directive.line}`,
        ['limit_req', ...directive.words].join(' '),
        'a rule has one limit',
      );
    else if (directive.name === 'limit_req') limit = limitOf(directive, status, context);
    else if (!readHead(directive, parts, context)) noteUnknown(directive, context);
  }
  // What is hidden is the backend's; what is added stays.
  const isHidden = (action: DraftResponseAction) => 'delete' in action;
  const ordered = [...response.filter(isHidden), ...response.filter((action) => !isHidden(action))];
  for (const rule of before) add(rule);
  add({
    ...(limit && { limit }),
    ...(request.length > 0 && { request }),
    ...(ordered.length > 0 && { response: ordered }),
  });
  if (plain.length > 0) add({ match: oneOf('status', STATUSES), response: plain });

  function add({ match, ...rule }: DraftRule): void {
    if (Object.keys(rule).length === 0) return;
    const name = context.routes[0] ?? '';
    context.draft.addRule(context.at, name, { match: allOf([oneOf('route', context.routes), match]) ?? '', ...rule });
  }
}

function noteUnknown({ name, words, line }: Directive, { draft }: RuleContext): void {
  if (!QUIET.has(name) && !UNSEEN.has(name))
    draft.refuse(`line ${line}`, [name, ...words].join(' '), 'it has no counterpart in a route or a rule');
}

function uriActions({ uri = '/', place, draft, at }: RuleContext): DraftAction[] {
  if (place.modifier === '~' || place.modifier === '~*') {
    draft.refuse(at, `proxy_pass … ${uri}`, 'a path behind proxy_pass in a location with a pattern');
    return [];
  }
  if (uri.includes('$')) {
    draft.refuse(at, `proxy_pass … ${uri}`, 'a path with variables behind proxy_pass');
    return [];
  }
  if (uri === place.path) return [];
  return [{ path: { replace: `^${escapePattern(place.path)}`, with: uri.replaceAll('$', '$$$$') } }];
}

/** Whether the directive is about heads or the path, which is then in the lists. */
function readHead({ name, words, line }: Directive, parts: Parts, { draft }: RuleContext): boolean {
  const { request, response, plain } = parts;
  const [header = '', written = ''] = words;
  const value = valueOf(written);
  const refuse = (why: string) => {
    draft.refuse(`line ${line}`, [name, ...words].join(' '), why);
    return true;
  };
  switch (name) {
    case 'proxy_set_header':
      if (isMadeHere(header.toLowerCase(), written)) return true;
      if (OWN_HEADERS.has(header.toLowerCase())) return refuse('it is written by `forwarded` of the pool here');
      if (written === '') request.push({ delete: [header] });
      else if (value === null) return refuse('it has a variable that values here do not have');
      else request.push({ set: { [header]: value } });
      return true;
    case 'add_header':
      if (value === null) return refuse('it has a variable that values here do not have');
      (words[2] === 'always' ? response : plain).push({ append: { [header]: value } });
      return true;
    case 'proxy_hide_header':
      response.push({ delete: [header] });
      return true;
    case 'rewrite':
      readRewrite({ name, words, line }, parts, draft);
      return true;
    default:
      return false;
  }
}

function limitOf({ words, line }: Directive, status: number, { zones, draft }: RuleContext): DraftRule['limit'] {
  const option = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const zone = zones.get(option('zone') ?? '');
  const [, count, unit = 's'] =
    /^(\d+)r\/([sm])$/.exec(zone?.words.find((word) => word.startsWith('rate='))?.slice(5) ?? '') ?? [];
  const key = valueOf(zone?.words[0] ?? '');
  if (!zone || count === undefined || key === null) {
    draft.refuse(
      `line ${line}`,
      ['limit_req', ...words].join(' '),
      'its zone is not in the file, or counts by something that is not known here',
    );
    return undefined;
  }
  const burst = Number(option('burst') ?? 0);
  const atOnce = words.find((word) => word === 'nodelay' || word.startsWith('delay='));
  if (burst > 0 && atOnce !== undefined)
    draft.approximate(
      `line ${line}`,
      ['limit_req', ...words].join(' '),
      `requests over the rate wait here; with ${atOnce} nginx lets ${atOnce === 'nodelay' ? 'those within burst' : `the first ${atOnce.slice(6)} of them`} through at once`,
    );
  return { requests: `${count}/${unit}`, burst, key: key === '$client_ip' ? 'client_ip' : key, status };
}
