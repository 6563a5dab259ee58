/** Where a request ends: `$sy_to` names a location of an answer or of a pool. */
import { originsOf } from '../backend-facts.ts';
import { type PlannedPool, poolNamed } from '../plan.ts';
import { respondLines } from './answers.ts';
import type { Draft } from './draft.ts';
import { headerLines } from './forwarded.ts';
import { reachLines } from './pools.ts';
import { braced, type RequestState, targetOf } from './request-state.ts';
import { block, idKey, quoted } from './text.ts';

/** `$sy_to`: the named location; `answers` are those of routes. A rule's own answer wins over the route, the first rule over later ones. */
export function writeDestination(
  { plan, state, effects, locations }: Draft,
  answers: ReadonlyMap<string, string[]>,
): void {
  const { maps } = state;
  const entries: [string, string][] = [...answers.keys()].map((id) => [idKey(id), `route_${id}`]);
  const pool = `pool_${braced(state.pool)}`;
  const byRoute = maps.define('sy_to', '$sy_route', [['""', 'none'], ...entries], pool);
  // A pool that a rule has chosen takes the place of an answer.
  let to = state.pool === '$sy_pool' ? byRoute : maps.define('sy_to', state.pool, [['""', byRoute]], pool);
  for (const [id, lines] of answers) locations.push(block(`location @route_${id}`, withResponse(state, lines)));
  for (const { id, holds, rule, respond } of [...effects.answers].reverse()) {
    const lines = plan.notes.attempt(`${rule.path}.request`, `answer of rule ${rule.name}`, () =>
      respondLines(state, respond),
    );
    if (!lines) continue;
    to = holds === null ? `rule_${id}` : maps.define('sy_to', holds, [['1', `rule_${id}`]], to);
    locations.push(block(`location @rule_${id}`, withResponse(state, lines)));
  }
  for (const { holds } of effects.closes)
    to = holds === null ? 'close' : maps.define('sy_to', holds, [['1', 'close']], to);
  if (effects.closes.length > 0) locations.push(block('location @close', ['return 444;']));
  locations.unshift(
    block('location /', [`error_page 418 = @${to};`, 'return 418;']),
    block('location @none', ['return 404 "no route holds\\n";']),
  );
}

/** `add_header` of the server is not inherited where a location has its own. */
function withResponse(state: RequestState, lines: readonly string[]): string[] {
  const adds = (line: string) => line.startsWith('add_header');
  return lines.some(adds) ? [...responseLines(state).filter(adds), ...lines] : [...lines];
}

export function responseLines({ response, maps }: RequestState): string[] {
  const lines = [...maps.askedOnResponse];
  for (const { name, value, appended } of response.values()) {
    if (value !== null) lines.push(`proxy_hide_header ${name};`);
    if (value !== null && value !== '') lines.push(`add_header ${name} ${quoted(value)} always;`);
    for (const each of appended) lines.push(`add_header ${name} ${quoted(each)} always;`);
  }
  return lines;
}

/** Headers of backends that nginx keeps to itself. */
const NEVER_PASSED = [
  'Server',
  'Date',
  'X-Pad',
  'X-Accel-Expires',
  'X-Accel-Redirect',
  'X-Accel-Limit-Rate',
  'X-Accel-Buffering',
  'X-Accel-Charset',
];

/** Whether rules say what the client gets of it. */
function isWritten({ response }: RequestState, name: string): boolean {
  return (response.get(name.toLowerCase())?.value ?? null) !== null;
}

export function poolLocation(draft: Draft, pool: PlannedPool): string[] {
  const { plan, state } = draft;
  const scheme = originsOf(pool.config)[0]?.secure ? 'https' : 'http';
  const lines = [
    `proxy_pass ${scheme}://${pool.id}${targetOf(state)};`,
    ...reachLines(plan, pool),
    'proxy_buffering off;',
    ...(state.method === '$request_method' ? [] : [`proxy_method ${state.method};`]),
    ...headerLines(draft, pool),
    ...NEVER_PASSED.filter((name) => !isWritten(state, name)).map((name) => `proxy_pass_header ${name};`),
    'proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset;',
    ...mirrorLines(draft, pool),
  ];
  return block(`location @pool_${pool.id}`, lines);
}

function mirrorLines(draft: Draft, pool: PlannedPool): string[] {
  const { plan, state, http, locations } = draft;
  const lines: string[] = [];
  for (const route of plan.routes) {
    const { mirror } = route.config;
    if (!mirror || !(route.config.pool === pool.name || route.config.split?.some((share) => share.pool === pool.name)))
      continue;
    const target = poolNamed(plan, mirror.pool);
    const uri = `/.switchyard/mirror/${route.id}`;
    lines.push(`mirror ${uri};`);
    if (locations.some(([head]) => head?.includes(uri))) continue;
    const chosen = state.maps.reserve(`sy_mirrored_${route.id}`);
    const share = mirror.percent >= 100 ? ['* 1;'] : [`${mirror.percent}% 1;`, '* 0;'];
    http.push('', ...block(`split_clients mirror$request_id ${chosen}`, share));
    const copies = state.maps.define(`sy_copies_${route.id}`, `$sy_route:${chosen}`, [[`${route.id}:1`, '1']], '0');
    const secure = originsOf(target.config)[0]?.secure ? 'https' : 'http';
    const reach = [
      `proxy_pass ${secure}://${target.id}$request_uri;`,
      ...reachLines(plan, target),
      'proxy_set_header Host $http_host;',
      'proxy_set_header Connection "";',
    ];
    locations.push(block(`location = ${uri}`, ['internal;', `if (${copies} = 0) { return 204; }`, ...reach]));
    plan.notes.approximate(
      `${route.path}.mirror`,
      `mirror to ${mirror.pool}`,
      'the copy is as the client sent it, before rules',
    );
  }
  return lines;
}
