/** HAProxy knows listeners and pools by ids: what a condition asks of names is asked of these. */
import type { Condition } from '../condition.ts';
import { byNames } from '../names.ts';
import type { Plan } from '../plan.ts';
import { isNever, simplify } from '../simplify.ts';

/** The plan with ids in its conditions, without routes and rules that then never hold. */
export function askIds(plan: Plan): Plan {
  const idsOf = (planned: readonly { name: string; id: string }[]) => planned.map(({ name, id }) => ({ name, as: id }));
  const [listeners, pools] = [idsOf(plan.listeners), idsOf(plan.pools)];
  const byId = <P extends { condition: Condition }>(planned: P): P[] => {
    const condition = simplify(byNames(byNames(planned.condition, 'listener', listeners), 'pool', pools));
    return isNever(condition) ? [] : [{ ...planned, condition }];
  };
  return { ...plan, routes: plan.routes.flatMap(byId), rules: plan.rules.flatMap(byId) };
}
