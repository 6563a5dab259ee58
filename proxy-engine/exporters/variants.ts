/** A route once for each combination of conditional rules: for targets that attach what a rule does to a route. */
import { ALWAYS, type Condition } from './condition.ts';
import { isClosing } from './guards.ts';
import { Inexpressible } from './notes.ts';
import { type Plan, type PlannedRoute, type PlannedRule, poolNamed } from './plan.ts';
import { isAlways, isNever, simplify } from './simplify.ts';

export interface Variant {
  /** Of the route and of its rules; those before it in the list do not hold. */
  condition: Condition;
  /** Those that act, in their order. */
  rules: PlannedRule[];
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
    const facts = factsOf(route, condition, this.#here);
    let variants: Variant[] = [{ condition, rules: [] }];
    for (const rule of rules) {
      const residual = simplify(rule.condition, facts);
      if (!isNever(residual)) variants = this.#with(rule, residual, variants, route);
    }
    return variants;
  }

  #with(rule: PlannedRule, residual: Condition, variants: Variant[], route: PlannedRoute): Variant[] {
    const why = this.#canWrite(rule) ? null : this.#reasonAgainst(residual);
    if (why !== null && rule.config.request.some(isClosing)) return this.#first(rule, ALWAYS, why, variants);
    if (why !== null) return this.#without(rule, why, variants, route);
    const next = variants.flatMap((variant) =>
      variant.rules.some(this.#isFinal) ? [variant] : split(variant, rule, residual),
    );
    const isListed = this.#isFinal(rule) && next.length === variants.length + 1;
    if (next.length <= Math.max(variants.length, isListed ? MOST_ANSWERS : this.#most)) return next;
    const tooMany = `too many rules with conditions of their own; a route would be there more than ${this.#most} times`;
    if (rule.config.request.some(isClosing)) return this.#first(rule, residual, tooMany, variants);
    return this.#without(rule, tooMany, variants, route);
  }

  /** A rule that refuses, before all others: it is there once. Those that answer before it as well no longer do. */
  #first(rule: PlannedRule, residual: Condition, why: string, variants: Variant[]): Variant[] {
    const { condition } = variants.at(-1) as Variant;
    const guard = { condition: simplify({ kind: 'all', of: [condition, residual] }), rules: [rule] };
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
  const left = simplify(residual, variant.condition);
  if (isNever(left)) return [variant];
  if (isAlways(left)) return [{ ...variant, rules }];
  const condition = simplify({ kind: 'all', of: [variant.condition, left] });
  return isNever(condition) ? [variant] : [{ condition, rules }, variant];
}

/** What is known where `route` holds at the listener of `here`. */
export function factsOf(route: PlannedRoute, condition: Condition, here: Condition): Condition {
  const known = here.kind === 'all' ? here.of : [here];
  const of = [...known, routeIs(route), ...poolIs(route), ...(condition.kind === 'all' ? condition.of : [condition])];
  return { kind: 'all', of };
}

function routeIs({ name }: PlannedRoute): Condition {
  return { kind: 'test', subject: { kind: 'route' }, comparison: 'is', value: name, ignoreCase: false };
}

function poolIs({ config }: PlannedRoute): Condition[] {
  if (config.split) return [];
  const value = config.pool ?? '';
  return [{ kind: 'test', subject: { kind: 'pool' }, comparison: 'is', value, ignoreCase: false }];
}

/** The pool to which the last of `rules` that says so sends, else null. */
export function poolChosenBy(plan: Plan, rules: readonly PlannedRule[]): string | null {
  const actions = rules.flatMap(({ config }) => config.request);
  const chosen = actions.findLast((action) => 'pool' in action);
  return chosen && 'pool' in chosen ? poolNamed(plan, chosen.pool).name : null;
}
