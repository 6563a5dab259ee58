/** Routes as maps over the request: which one it is, and which pool it goes to. */
import { type Plan, type PlannedRoute, poolNamed } from '../plan.ts';
import { readKey } from '../value.ts';
import { redirectLines, respondLines } from './answers.ts';
import { conditionVariable, noteConditions } from './conditions.ts';
import { type RequestState, renderValue } from './request-state.ts';
import { block, quoted } from './text.ts';

export interface Destinations {
  /** Route id → named location. */
  answers: Map<string, string[]>;
}

/** The maps that find the route and its pool. */
export function writeRoutes(plan: Plan, state: RequestState, http: string[]): Destinations {
  const bits: string[] = [];
  const winners: [string, string][] = [];
  let fallback = 'none';
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
    winners.push([`"~^${'0'.repeat(bits.length)}1"`, route.id]);
    bits.push(holds.variable);
  }
  state.maps.define('sy_route', bits.join('') || 'none', winners, fallback);
  const answers = new Map<string, string[]>();
  const pools: [string, string][] = [];
  for (const route of routes) writeRoute(plan, state, route, pools, answers, http);
  state.maps.define('sy_pool', '$sy_route', pools, '');
  return { answers };
}

function writeRoute(
  plan: Plan,
  state: RequestState,
  route: PlannedRoute,
  pools: [string, string][],
  answers: Map<string, string[]>,
  http: string[],
): void {
  const { pool, split, respond, redirect } = route.config;
  if (pool !== undefined) pools.push([route.id, poolNamed(plan, pool).id]);
  else if (split) pools.push([route.id, splitVariable(plan, state, route, http)]);
  else if (respond) {
    const lines = plan.notes.attempt(`${route.path}.respond`, `answer of route ${route.name}`, () =>
      respondLines(state, respond),
    );
    answers.set(route.id, lines ?? ['return 501;']);
  } else if (redirect) {
    plan.notes.approximate(`${route.path}.redirect`, `redirect of route ${route.name}`, 'nginx adds a page of its own');
    const lines = plan.notes.attempt(`${route.path}.redirect`, `redirect of route ${route.name}`, () =>
      redirectLines(state, route),
    );
    answers.set(route.id, lines ?? ['return 501;']);
  }
}

function splitVariable(plan: Plan, state: RequestState, route: PlannedRoute, http: string[]): string {
  const shares = (route.config.split ?? []).filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const name = state.maps.reserve(`sy_split_${route.id}`);
  const { stickyBy } = route.config;
  const key = stickyBy === undefined ? '$request_id' : renderValue(state, readKey(stickyBy));
  const lines = shares.map(({ pool, weight }, i) => {
    const share = i === shares.length - 1 ? '*' : `${((weight / total) * 100).toFixed(2).replace(/\.?0+$/, '')}%`;
    return `${share} ${poolNamed(plan, pool).id};`;
  });
  http.push('', ...block(`split_clients ${quoted(key)} ${name}`, lines));
  if (stickyBy !== undefined)
    plan.notes.approximate(
      `${route.path}.stickyBy`,
      `split by ${stickyBy}`,
      'another hash: clients are spread anew once',
    );
  return name;
}
