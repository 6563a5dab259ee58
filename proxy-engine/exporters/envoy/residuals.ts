/** What a filter of a rule has to ask: not what is known on a route, nor which pool rules have chosen there. */
import type { Condition } from '../condition.ts';
import { Inexpressible } from '../notes.ts';
import type { Plan, PlannedRoute, PlannedRule } from '../plan.ts';
import { asksAbout } from '../rule-order.ts';
import { isNever, simplify } from '../simplify.ts';
import { factsOf, poolChosenBy } from '../variants.ts';
import { predicate } from './conditions.ts';

/** What is left of the condition of a rule on some routes. */
export interface Residual {
  condition: Condition;
  /** Null: all. */
  users: Set<string> | null;
  /** Whether that rule has acted by then. */
  before(this: void, rule: PlannedRule): boolean;
}

/** What is left of the rule's condition, by the routes and pools where just that is left, unless one filter can ask everything. */
export function residuals(plan: Plan, rule: PlannedRule, routes: readonly PlannedRoute[], here: Condition): Residual[] {
  const condition = simplify(rule.condition, here);
  const earlier = poolRulesBefore(plan, rule);
  const before = (each: PlannedRule) => earlier.has(each);
  if (isNever(condition)) return [];
  if (canAsk(condition)) return [{ condition, users: null, before }];
  const pools = new Set([null, ...[...earlier].map((each) => poolChosenBy([each]))]);
  const found = new Map<string, Residual & { users: Set<string> }>();
  for (const route of routes)
    for (const pool of pools) {
      const left = simplify(condition, factsOf(route, simplify(route.condition, here), here, pool));
      if (isNever(left)) continue;
      const key = JSON.stringify(left);
      const same = found.get(key) ?? { condition: left, users: new Set(), before };
      found.set(key, same);
      same.users.add(userOf(route, pool));
    }
  return [...found.values()];
}

/** Those that choose what `rule` asks for; one that acts on responses alone asks when all have. */
function poolRulesBefore({ rules }: Plan, rule: PlannedRule): ReadonlySet<PlannedRule> {
  if (!asksAbout(rule, new Set(['pool'] as const))) return new Set();
  const { request, limit } = rule.config;
  const earlier = request.length > 0 || limit ? rules.slice(0, rules.indexOf(rule)) : rules;
  return new Set(earlier.filter((each) => poolChosenBy([each]) !== null));
}

function canAsk(condition: Condition): boolean {
  try {
    predicate(condition);
    return true;
  } catch (error) {
    if (error instanceof Inexpressible) return false;
    throw error;
  }
}

/** A route on which rules have chosen that pool. */
export function userOf({ name }: PlannedRoute, pool: string | null): string {
  return JSON.stringify([name, pool]);
}
