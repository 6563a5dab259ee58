/** A route once for each combination of conditional rules: for targets that attach what a rule does to a route. */
import type { Condition } from './condition.ts';
import { type Plan, type PlannedRoute, type PlannedRule, poolNamed } from './plan.ts';
import { isAlways, isNever, simplify } from './simplify.ts';

export interface Variant {
  /** Of the route and of its rules; those before it in the list do not hold. */
  condition: Condition;
  /** Those that act, in their order. */
  rules: PlannedRule[];
}

/** A route in more forms than this is no longer readable. */
const MOST_VARIANTS = 32;

/** The forms of `route`, to be tried in order. After a rule that is `final` no further one acts. */
export function variantsOf(
  plan: Plan,
  route: PlannedRoute,
  here: Condition,
  rules: readonly PlannedRule[],
  isFinal: (rule: PlannedRule) => boolean,
): Variant[] {
  const condition = simplify(route.condition, here);
  if (isNever(condition)) return [];
  const facts = factsOf(route, condition, here);
  let variants: Variant[] = [{ condition, rules: [] }];
  for (const rule of rules) {
    const residual = simplify(rule.condition, facts);
    if (isNever(residual)) continue;
    const next = variants.flatMap((variant) =>
      variant.rules.some(isFinal) ? [variant] : split(variant, rule, residual),
    );
    if (next.length <= MOST_VARIANTS) variants = next;
    else
      plan.notes.refuse(
        `${rule.path}.match`,
        `rule ${rule.name} on route ${route.name}`,
        'too many rules with conditions of their own; the route would be there more than 32 times',
      );
  }
  return variants;
}

function split(variant: Variant, rule: PlannedRule, residual: Condition): Variant[] {
  const rules = [...variant.rules, rule];
  if (isAlways(residual)) return [{ ...variant, rules }];
  const condition = simplify({ kind: 'all', of: [variant.condition, residual] });
  return isNever(condition) ? [variant] : [{ condition, rules }, variant];
}

/** What is known where `route` holds at the listener of `here`. */
export function factsOf(route: PlannedRoute, condition: Condition, here: Condition): Condition {
  const of = [here, routeIs(route), ...poolIs(route), ...(condition.kind === 'all' ? condition.of : [condition])];
  return { kind: 'all', of };
}

function routeIs({ name }: PlannedRoute): Condition {
  return { kind: 'test', subject: { kind: 'route' }, comparison: 'is', value: name, ignoreCase: false };
}

function poolIs({ config }: PlannedRoute): Condition[] {
  if (config.pool === undefined) return [];
  return [{ kind: 'test', subject: { kind: 'pool' }, comparison: 'is', value: config.pool, ignoreCase: false }];
}

/** The pool to which the last of `rules` that says so sends, else null. */
export function poolChosenBy(plan: Plan, rules: readonly PlannedRule[]): string | null {
  const actions = rules.flatMap(({ config }) => config.request);
  const chosen = actions.findLast((action) => 'pool' in action);
  return chosen && 'pool' in chosen ? poolNamed(plan, chosen.pool).name : null;
}
