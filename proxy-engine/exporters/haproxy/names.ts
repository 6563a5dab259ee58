/** HAProxy knows listeners and pools by ids: what a condition asks of names is asked of these. */
import { compilePattern, isMistake } from '../../match/pattern.ts';
import type { Condition, Test } from '../condition.ts';
import { NEVER, type Plan } from '../plan.ts';
import { isNever, simplify } from '../simplify.ts';

/** The plan with ids in its conditions, without routes and rules that then never hold. */
export function askIds(plan: Plan): Plan {
  const byId = <P extends { condition: Condition }>(planned: P): P[] => {
    const condition = simplify(withIds(plan, planned.condition));
    return isNever(condition) ? [] : [{ ...planned, condition }];
  };
  return { ...plan, routes: plan.routes.flatMap(byId), rules: plan.rules.flatMap(byId) };
}

function withIds(plan: Plan, condition: Condition): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { ...condition, of: condition.of.map((each) => withIds(plan, each)) };
    case 'not':
      return { ...condition, of: withIds(plan, condition.of) };
    case 'test':
      return testOfId(plan, condition);
    default:
      return condition;
  }
}

/** Any of those whose names pass the test. */
function testOfId({ listeners, pools }: Plan, test: Test): Condition {
  const { kind } = test.subject;
  if (kind !== 'listener' && kind !== 'pool') return test;
  const passing = (kind === 'listener' ? listeners : pools).filter(({ name }) => passes(name, test));
  const of = passing.map(({ id }): Condition => ({ ...test, comparison: 'is', value: id, ignoreCase: false }));
  return of.length === 0 ? NEVER : { kind: 'any', of };
}

function passes(name: string, { comparison, value, ignoreCase }: Test): boolean {
  switch (comparison) {
    case 'is':
      return name === value;
    case 'prefix':
      return name.startsWith(value);
    case 'suffix':
      return name.endsWith(value);
    case 'contains':
      return name.includes(value);
    case 'regex': {
      const pattern = compilePattern(value, ignoreCase);
      return !isMistake(pattern) && pattern.test(name);
    }
  }
}
