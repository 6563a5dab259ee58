/** What a `location` does to heads, paths and rates, as a rule of its route. */
import type { Draft, DraftAction, DraftResponseAction, DraftRule } from '../draft.ts';
import { escapePattern, test } from '../expressions.ts';
import { triedLast } from './static-files.ts';
import { type Directive, last } from './syntax.ts';
import { valueOf } from './values.ts';

/** A location and its route. */
export interface RuleContext {
  draft: Draft;
  /** `limit_req_zone` by the zone's name. */
  zones: ReadonlyMap<string, Directive>;
  route: string;
  at: string;
  place: { modifier: string; path: string };
  /** Path of `proxy_pass`, which takes the place of the location's. */
  uri: string | undefined;
  /** What the backend is told as Host, where that is not what its pool says. */
  host: string | undefined;
  /** Files that answer. */
  files: DraftAction[] | undefined;
}

/** Read elsewhere, or without a meaning here. */
export const QUIET: ReadonlySet<string> = new Set(
  'location listen server_name return proxy_pass grpc_pass root alias index proxy_connect_timeout proxy_read_timeout proxy_send_timeout proxy_next_upstream proxy_next_upstream_tries proxy_http_version proxy_buffering proxy_redirect ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers access_log error_log http2'.split(
    ' ',
  ),
);

/** What is done to the head by itself here. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-request-id',
]);

export function addRule(directives: readonly Directive[], context: RuleContext): void {
  const request: DraftAction[] = [];
  const response: DraftResponseAction[] = [];
  let limit: DraftRule['limit'];
  const status = Number(last(directives, 'limit_req_status')?.words[0] ?? 503);
  if (context.host !== undefined) request.push({ set: { Host: context.host } });
  if (context.uri !== undefined) request.push(...uriActions(context));
  if (context.files) request.push(...context.files);
  for (const directive of directives) {
    if (directive.name === 'try_files' && triedLast([directive]) !== null && context.files) continue;
    if (directive.name === 'limit_req_status') continue;
    if (directive.name === 'limit_req') limit = limitOf(directive, status, context) ?? limit;
    else if (!readHead(directive, request, response, context)) noteUnknown(directive, context);
  }
  if (request.length + response.length === 0 && !limit) return;
  const parts = {
    ...(limit ? { limit } : {}),
    ...(request.length > 0 ? { request } : {}),
    ...(response.length > 0 ? { response } : {}),
  };
  context.draft.addRule(context.at, context.route, { match: test('route', '=', context.route), ...parts });
}

function noteUnknown({ name, words, line }: Directive, { draft }: RuleContext): void {
  if (!QUIET.has(name))
    draft.refuse(`line ${line}`, [name, ...words].join(' '), 'it has no counterpart in a route or a rule');
}

function uriActions({ uri = '/', place, draft, at }: RuleContext): DraftAction[] {
  if (place.modifier === '~' || place.modifier === '~*') {
    draft.refuse(at, `proxy_pass … ${uri}`, 'a path behind proxy_pass in a location with a pattern');
    return [];
  }
  if (uri === place.path) return [];
  return [{ path: { replace: `^${escapePattern(place.path)}`, with: uri.replaceAll('$', '$$$$') } }];
}

/** Whether the directive is about heads or the path, which is then in the lists. */
function readHead(
  { name, words, line }: Directive,
  request: DraftAction[],
  response: DraftResponseAction[],
  { draft }: RuleContext,
): boolean {
  const [header = '', written = ''] = words;
  const value = valueOf(written);
  const refuse = (why: string) => {
    draft.refuse(`line ${line}`, [name, ...words].join(' '), why);
    return true;
  };
  switch (name) {
    case 'proxy_set_header':
      if (OWN_HEADERS.has(header.toLowerCase())) return true;
      if (written === '') request.push({ delete: [header] });
      else if (value === null) return refuse('it has a variable that values here do not have');
      else request.push({ set: { [header]: value } });
      return true;
    case 'add_header':
      if (value === null) return refuse('it has a variable that values here do not have');
      response.push({ append: { [header]: value } });
      return true;
    case 'proxy_hide_header':
      response.push({ delete: [header] });
      return true;
    case 'rewrite': {
      const to = valueOf(words[1] ?? '');
      if (to === null || !to.startsWith('/')) return refuse('its replacement is no path, or has an unknown variable');
      request.push({ path: { replace: header, with: to } });
      return true;
    }
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
