/** Routes as maps over the request: which one it is, and which pool it goes to. */
import { attemptAnswer } from '../answer-type.ts';
import { noteDrawn } from '../notes.ts';
import { type Plan, type PlannedRoute, poolNamed } from '../plan.ts';
import { mayBeEmpty, readKey, type ValuePart } from '../value.ts';
import { answerOf, redirectOf } from './answers.ts';
import { conditionVariable, noteConditions } from './conditions.ts';
import { type Answer, type RequestState, renderValue } from './request-state.ts';
import { noteAnswer } from './rule-values.ts';
import { block, idKey, quoted } from './text.ts';

/** The maps that find the route and its pool; gives the routes that are left. */
export function writeRoutes(plan: Plan, state: RequestState, http: string[]): PlannedRoute[] {
  const bits: string[] = [];
  const ids: string[] = [];
  let fallback = '';
  const routes: PlannedRoute[] = [];
  for (const route of plan.routes) {
    const holds = plan.notes.attempt(
      `${route.path}.match`,
      `route ${route.name} (its exchanges go to later routes)`,
      () => ({
        variable: conditionVariable(state, route.condition, `sy_is_${route.id}`),
      }),
    );
    if (!holds) continue;
    noteConditions(plan, `${route.path}.match`, `route ${route.name}`, route.condition);
    routes.push(route);
    if (holds.variable === null) {
      fallback = route.id;
      break;
    }
    ids.push(route.id);
    bits.push(holds.variable);
  }
  state.maps.first('sy_route', bits, ids, fallback);
  state.maps.define(
    'sy_pool',
    '$sy_route',
    routes.flatMap((route) => poolEntry(plan, state, route, http)),
    '',
  );
  return routes;
}

function poolEntry(plan: Plan, state: RequestState, route: PlannedRoute, http: string[]): [string, string][] {
  const { pool, split } = route.config;
  if (pool !== undefined) return [[idKey(route.id), poolNamed(plan, pool).id]];
  return split ? [[idKey(route.id), splitVariable(plan, state, route, http)]] : [];
}

/** Answers of routes by their ids; `state` is what the rules have left. */
export function answersOf(plan: Plan, state: RequestState, routes: readonly PlannedRoute[]): Map<string, Answer> {
  return new Map(
    routes
      .filter(({ config }) => config.respond !== undefined || config.redirect !== undefined)
      .map((route) => [route.id, routeAnswer(plan, state, route)]),
  );
}

function routeAnswer(plan: Plan, state: RequestState, route: PlannedRoute): Answer {
  const { respond } = route.config;
  const location = `route_${route.id}`;
  const kind = respond ? 'respond' : 'redirect';
  const path = `${route.path}.${kind}`;
  if (respond) noteAnswer(plan, path, respond);
  const what = respond ? `answer of route ${route.name}` : `redirect of route ${route.name}`;
  const answer = respond
    ? attemptAnswer(plan.notes, path, what, respond, (each) => answerOf(state, location, each))
    : plan.notes.attempt(path, what, () => redirectOf(plan, state, location, route));
  return answer ?? { location, status: 501, headers: [], body: '' };
}

function splitVariable(plan: Plan, state: RequestState, route: PlannedRoute, http: string[]): string {
  const name = state.maps.reserve(`sy_split_${route.id}`);
  const { stickyBy } = route.config;
  if (stickyBy === undefined) noteDrawn(plan.notes, route.path, route.config.split ?? []);
  const key = stickyBy === undefined ? '$request_id' : keyOrChance(state, readKey(stickyBy), `sy_key_${route.id}`);
  http.push('', ...block(`split_clients ${quoted(key)} ${name}`, shareLines(plan, route)));
  if (stickyBy !== undefined)
    plan.notes.approximate(
      `${route.path}.stickyBy`,
      `split by ${stickyBy}`,
      'another hash: clients are spread anew once',
    );
  return name;
}

function keyOrChance(state: RequestState, parts: readonly ValuePart[], hint: string): string {
  const key = renderValue(state, parts);
  return mayBeEmpty(parts) ? state.maps.define(hint, key, [['""', '$request_id']], key) : key;
}

/** In hundredths of a percent, as nginx counts: what is less than one gets nothing. */
function shareLines(plan: Plan, { config, path }: PlannedRoute): string[] {
  const shares = (config.split ?? []).filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return shares.flatMap(({ pool, weight }, i) => {
    const from = Math.round((before / total) * 10_000);
    before += weight;
    const { id } = poolNamed(plan, pool);
    if (i === shares.length - 1) return [`* ${id};`];
    const hundredths = Math.round((before / total) * 10_000) - from;
    if (hundredths > 0) return [`${hundredths / 100}% ${id};`];
    plan.notes.approximate(`${path}.split`, `share of ${pool}`, TOO_SMALL);
    return [];
  });
}

/** Why a share comes to nothing. */
export const TOO_SMALL = 'nginx knows hundredths of a percent: it gets nothing';
