/** Routes as variables, which the first that holds sets; and what answers at last. */
import type { Condition } from '../condition.ts';
import { noteDrawn } from '../notes.ts';
import { type Plan, type PlannedPool, type PlannedRoute, poolNamed, poolsOf } from '../plan.ts';
import { isAlways, isNever, simplify } from '../simplify.ts';
import { readKey } from '../value.ts';
import { routeAnswer } from './answers.ts';
import { matcher } from './conditions.ts';
import { reverseProxy } from './reverse-proxy.ts';
import { block, inOrder, textToken } from './text.ts';

interface Choice {
  route: PlannedRoute;
  lines: string[];
}

/** Those that can be written, up to one that always holds. */
export function choicesOf(plan: Plan, here: Condition): Choice[] {
  const choices: Choice[] = [];
  const asked = new Set<string>();
  for (const route of plan.routes) {
    const condition = simplify(route.condition, here);
    // Caddy makes one of neighbours that ask the same, and lets both act; the second never would.
    const question = JSON.stringify(condition);
    if (isNever(condition) || asked.has(question)) continue;
    asked.add(question);
    const lines = choiceLines(plan, route, condition);
    if (lines === undefined) continue;
    choices.push({ route, lines });
    if (isAlways(condition)) break;
  }
  return choices;
}

/** Which route it is, and its pool, as variables. */
function choiceLines(plan: Plan, route: PlannedRoute, condition: Condition): string[] | undefined {
  const name = `route_${route.id}`;
  const what = `route ${route.name} (its exchanges go to later routes)`;
  const always = isAlways(condition);
  const head = plan.notes.attempt(`${route.path}.match`, what, () =>
    always ? [] : [matcher(name, condition, { opens: !route.closes })],
  );
  const named = plan.notes.attempt(route.path, what, () => [
    `vars route ${textToken(route.name)}`,
    ...poolLines(plan, route),
  ]);
  if (head === undefined || named === undefined) return undefined;
  if (route.config.mirror)
    plan.notes.refuse(`${route.path}.mirror`, `mirror to ${route.config.mirror.pool}`, 'Caddy does not mirror');
  return [...head, ...block(always ? 'handle' : `handle @${name}`, inOrder(named))];
}

function poolLines(plan: Plan, route: PlannedRoute): string[] {
  const { pool, split } = route.config;
  if (split) return splitLines(plan, route, split);
  return pool === undefined ? [] : [`vars pool ${textToken(pool)}`];
}

/** What answers at last: the pool that the route or a rule has chosen, else the route itself. */
export function destinations(plan: Plan, routes: readonly PlannedRoute[]): string[] {
  const asked = new Set([...routes.flatMap(poolsOf), ...plan.rules.flatMap(poolsChosenBy)]);
  const pools = plan.pools.filter(({ name }) => asked.has(name));
  return [...pools.flatMap((pool) => poolHandle(plan, pool)), ...routes.flatMap((route) => routeAnswer(plan, route))];
}

function poolHandle(plan: Plan, pool: PlannedPool): string[] {
  const lines = plan.notes.attempt(pool.path, `pool ${pool.name}`, () => [
    `@pool_${pool.id} vars {http.vars.pool} ${textToken(pool.name)}`,
    ...inOrder(reverseProxy(plan, pool), `pool_${pool.id}`),
  ]);
  return lines ?? [];
}

function poolsChosenBy({ config }: Plan['rules'][number]): string[] {
  return config.request.flatMap((action) => ('pool' in action ? [action.pool] : []));
}

/** The first four digits of the request's random id against each share's bound. */
function splitLines(
  plan: Plan,
  { config, path, id }: PlannedRoute,
  split: NonNullable<PlannedRoute['config']['split']>,
): string[] {
  const shares = split.filter(({ weight }) => weight > 0);
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (config.stickyBy !== undefined)
    plan.notes.refuse(
      `${path}.stickyBy`,
      `split by ${readKey(config.stickyBy).length === 1 ? config.stickyBy : 'a text'}`,
      'Caddy draws for each request',
    );
  let below = 0;
  noteDrawn(plan.notes, path, split);
  plan.notes.map(`${path}.split`, 'shares, by the random id that Caddy gives a request');
  // The last that holds wins.
  const bounds = shares.map(({ pool, weight }) => {
    below += weight;
    return { pool, bound: Math.round((below / total) * 0x10000) };
  });
  return bounds.toReversed().flatMap(({ pool, bound }, i) => {
    const name = textToken(poolNamed(plan, pool).name);
    if (i === 0) return [`vars pool ${name}`];
    const draw = `{http.request.uuid} < "${bound.toString(16).padStart(4, '0')}"`;
    return [`@share_${id}_${i} expression \`${draw}\``, `vars @share_${id}_${i} pool ${name}`];
  });
}
