/** Where a request ends: `$sy_to` names a location of an answer or of a pool. */
import { attemptAnswer } from '../answer-type.ts';
import { originsOf } from '../backend-facts.ts';
import { type Plan, type PlannedPool, type PlannedRoute, poolNamed } from '../plan.ts';
import { answerBlocks, answerOf, needsOtherStatus } from './answers.ts';
import type { Draft, RuleEffects } from './draft.ts';
import { headerLines } from './forwarded.ts';
import { reachLines } from './reach.ts';
import { braced, type RequestState, targetOf } from './request-state.ts';
import { isWritten } from './response-rules.ts';
import { answersOf, TOO_SMALL } from './routes.ts';
import { choose } from './rule-values.ts';
import { block, idKey, quoted } from './text.ts';

/** `$sy_to`: the named location. A rule's own answer wins over the route, the first rule over later ones. */
export function findDestination(
  plan: Plan,
  state: RequestState,
  effects: RuleEffects,
  routes: readonly PlannedRoute[],
) {
  const { maps } = state;
  const answers = answersOf(plan, state, routes);
  const entries = [...answers].map(([id, { location }]) => [idKey(id), location] as const);
  const pool = `pool_${braced(state.pool)}`;
  const byRoute = maps.define('sy_to', '$sy_route', [['""', 'none'], ...entries], pool);
  // A pool that a rule has chosen takes the place of an answer.
  let to = state.pool === '$sy_pool' ? byRoute : maps.define('sy_to', state.pool, [['""', byRoute]], pool);
  state.answers.push(...answers.values());
  for (const { holds, rule, respond } of [...effects.answers].reverse()) {
    const location = `rule_${rule.id}`;
    const answer = attemptAnswer(plan.notes, `${rule.path}.request`, `answer of rule ${rule.name}`, respond, (each) =>
      answerOf(state, location, each),
    );
    if (!answer) continue;
    to = choose(state, 'sy_to', holds, location, to);
    state.answers.push(answer);
  }
  for (const { holds } of effects.closes) to = choose(state, 'sy_to', holds, 'close', to);
  state.to = to;
}

/** Where every request comes in, and where those end that go to no pool. */
export function ownLocations({ state, effects }: Draft): string[][] {
  const added = responseLines(state).filter((line) => line.startsWith('add_header'));
  const entry = [`error_page 418 = @${state.to};`, 'return 418;'];
  if (state.answers.some(needsOtherStatus)) entry.unshift('recursive_error_pages on;');
  return [
    block('location /', entry),
    block('location @none', ['default_type "text/plain; charset=utf-8";', 'return 404 "no route holds\\n";']),
    ...(effects.closes.length > 0 ? [block('location @close', ['return 444;'])] : []),
    ...state.answers.flatMap((answer) => answerBlocks(state, answer, added)),
  ];
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

export function poolLocation(draft: Draft, pool: PlannedPool): string[] {
  const { plan, state } = draft;
  const scheme = originsOf(pool.config)[0]?.secure ? 'https' : 'http';
  const lines = [
    `proxy_pass ${quoted(`${scheme}://${pool.id}${targetOf(state)}`)};`,
    ...reachLines(plan, pool),
    'proxy_buffering off;',
    'proxy_request_buffering off;',
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
    const hundredths = Math.round(mirror.percent * 100);
    if (hundredths === 0) {
      if (mirror.percent > 0) plan.notes.approximate(`${route.path}.mirror`, `mirror to ${mirror.pool}`, TOO_SMALL);
      continue;
    }
    const target = poolNamed(plan, mirror.pool);
    const uri = `/.switchyard/mirror/${route.id}`;
    lines.push(`mirror ${uri};`);
    if (locations.some(([head]) => head?.includes(uri))) continue;
    const chosen = state.maps.reserve(`sy_mirrored_${route.id}`);
    const share = hundredths >= 10_000 ? ['* 1;'] : [`${hundredths / 100}% 1;`, '* 0;'];
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
