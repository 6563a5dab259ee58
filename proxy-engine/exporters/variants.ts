/** A route once for each combination of conditional rules: for targets that attach what a rule does to a route. */
import { ALWAYS, type Condition, NEVER } from './condition.ts';
import { isClosing } from './guards.ts';
import { Inexpressible } from './notes.ts';
import type { Plan, PlannedRoute, PlannedRule } from './plan.ts';
import { isAlways, isNever, simplify } from './simplify.ts';

export interface Variant {
  /** Of the route and of its rules; those before it in the list do not hold. */
  condition: Condition;
  /** Those that act, in their order. */
  rules: PlannedRule[];
  /** What the last of them that says so has chosen; null: the route's own. */
  pool: string | null;
}

/** Of one route; and of all of them together, of which each gets its part. */
const MOST_VARIANTS = 128;
const MOST_IN_ALL = 4096;
/** Where nothing but answers comes before it, one behind the other. */
const MOST_ANSWERS = 1024;

/** The forms of each route at one listener. */
export class Variants {
  readonly #plan: Plan;
  readonly #here: Condition;
  readonly #isFinal: (rule: PlannedRule) => boolean;
  readonly #most: number;
  readonly #write: (condition: Condition) => unknown;
  readonly #writable = new Map<PlannedRule, boolean>();
  readonly #refused = new Map<PlannedRule, Map<string, string[]>>();

  /** After a rule that is `final` no further one acts; `write` throws `Inexpressible` for what the target cannot ask. */
  constructor(
    plan: Plan,
    here: Condition,
    {
      isFinal,
      write,
    }: { isFinal(this: void, rule: PlannedRule): boolean; write(this: void, condition: Condition): unknown },
  ) {
    this.#plan = plan;
    this.#here = here;
    this.#write = write;
    this.#isFinal = isFinal;
    this.#most = Math.min(MOST_VARIANTS, Math.max(4, Math.floor(MOST_IN_ALL / Math.max(1, plan.routes.length))));
  }

  /** Those of `route`, to be tried in order. */
  of(route: PlannedRoute, rules: readonly PlannedRule[]): Variant[] {
    const condition = simplify(route.condition, this.#here);
    if (isNever(condition)) return [];
    let variants: Variant[] = [{ condition, rules: [], pool: null }];
    for (const rule of rules) variants = this.#with(rule, variants, route, condition);
    return variants;
  }

  #with(rule: PlannedRule, variants: Variant[], route: PlannedRoute, condition: Condition): Variant[] {
    const open = variants.filter(({ rules }) => !rules.some(this.#isFinal));
    const residuals = new Map(
      [...new Set(open.map(({ pool }) => pool))].map((pool) => [
        pool,
        simplify(rule.condition, factsOf(route, condition, this.#here, pool)),
      ]),
    );
    const all: Condition = simplify({ kind: 'any', of: [...residuals.values()] });
    if (isNever(all)) return variants;
    const why = this.#canWrite(rule) ? null : this.#reasonAgainst(all);
    if (why !== null && rule.config.request.some(isClosing)) return this.#first(rule, ALWAYS, why, variants);
    if (why !== null) return this.#without(rule, why, variants, route);
    const next = variants.flatMap((variant) =>
      variant.rules.some(this.#isFinal) ? [variant] : split(variant, rule, residuals.get(variant.pool) ?? NEVER),
    );
    const isListed = this.#isFinal(rule) && next.length === variants.length + 1;
    if (next.length <= Math.max(variants.length, isListed ? MOST_ANSWERS : this.#most)) return next;
    const tooMany = `too many rules with conditions of their own; a route would be there more than ${this.#most} times`;
    if (rule.config.request.some(isClosing)) return this.#first(rule, all, tooMany, variants);
    return this.#without(rule, tooMany, variants, route);
  }

  /** A rule that refuses, before all others: it is there once. Those that answer before it as well no longer do. */
  #first(rule: PlannedRule, residual: Condition, why: string, variants: Variant[]): Variant[] {
    const { condition } = variants.at(-1) as Variant;
    const guard = { condition: simplify({ kind: 'all', of: [condition, residual] }), rules: [rule], pool: null };
    const others = variants.findIndex(({ rules }) => rules.length !== 1 || !rules[0]?.config.request.some(isClosing));
    this.#plan.notes.refuse(`${rule.path}.match`, `rule ${rule.name} (it closes more than it did)`, why);
    return variants.toSpliced(Math.max(0, others), 0, guard);
  }

  /** Then what is left of its condition can be written as well. */
  #canWrite(rule: PlannedRule): boolean {
    const known = this.#writable.get(rule);
    if (known !== undefined) return known;
    const can = this.#reasonAgainst(rule.condition) === null;
    this.#writable.set(rule, can);
    return can;
  }

  #reasonAgainst(condition: Condition): string | null {
    try {
      this.#write(condition);
      return null;
    } catch (error) {
      if (error instanceof Inexpressible) return error.message;
      throw error;
    }
  }

  #without(rule: PlannedRule, why: string, variants: Variant[], { name }: PlannedRoute): Variant[] {
    const reasons = this.#refused.get(rule) ?? new Map<string, string[]>();
    this.#refused.set(rule, reasons);
    const routes = reasons.get(why);
    if (routes) routes.push(name);
    else reasons.set(why, [name]);
    return variants;
  }

  /** Tells of the rules that had no place in some routes. */
  tell(): void {
    for (const [{ path, name }, reasons] of this.#refused)
      for (const [why, [route = '', ...more]] of reasons) {
        const where = more.length > 0 ? `${more.length + 1} routes` : route === '' ? 'no route' : `route ${route}`;
        this.#plan.notes.refuse(`${path}.match`, `rule ${name} on ${where}`, why);
      }
  }
}

function split(variant: Variant, rule: PlannedRule, residual: Condition): Variant[] {
  const rules = [...variant.rules, rule];
  const pool = poolChosenBy([rule]) ?? variant.pool;
  const left = simplify(residual, variant.condition);
  if (isNever(left)) return [variant];
  if (isAlways(left)) return [{ ...variant, rules, pool }];
  const condition = simplify({ kind: 'all', of: [variant.condition, left] });
  return isNever(condition) ? [variant] : [{ condition, rules, pool }, variant];
}

/** What is known where `route` holds at the listener of `here`, and a rule has chosen `pool`; null: none has. */
export function factsOf(route: PlannedRoute, condition: Condition, here: Condition, pool: string | null): Condition {
  const known = here.kind === 'all' ? here.of : [here];
  const facts = [is('route', route.name), ...poolIs(route, pool)];
  return { kind: 'all', of: [...known, ...facts, ...(condition.kind === 'all' ? condition.of : [condition])] };
}

function poolIs({ config }: PlannedRoute, chosen: string | null): Condition[] {
  return chosen === null && config.split ? [] : [is('pool', chosen ?? config.pool ?? '')];
}

function is(kind: 'route' | 'pool', value: string): Condition {
  return { kind: 'test', subject: { kind }, comparison: 'is', value, ignoreCase: false };
}

/** The pool to which the last of `rules` that says so sends, else null. */
export function poolChosenBy(rules: readonly PlannedRule[]): string | null {
  const chosen = rules.flatMap(({ config }) => config.request).findLast((action) => 'pool' in action);
  return chosen && 'pool' in chosen ? chosen.pool : null;
}
