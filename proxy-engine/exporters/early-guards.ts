/** Rules that refuse what earlier rules rewrote, for targets that ask the request as it came. */
import type { RequestActionConfig } from '../contract/config.ts';
import { ALWAYS, type Condition, type Subject, testsOf, writableOf } from './condition.ts';
import { isClosing } from './guards.ts';
import type { Plan, PlannedRule } from './plan.ts';
import { simplify } from './simplify.ts';

/** The rules, of which those that refuse hold for everything that an earlier one may have made to what they ask for. */
export function withEarlyGuards({ rules, notes }: Plan): PlannedRule[] {
  const rewriters: PlannedRule[] = [];
  return rules.map((rule) => {
    const before = rewriters.filter((each) => asks(rule.condition, rewritten(each)));
    if (rule.config.request.some((action) => rewrittenBy(action).length > 0)) rewriters.push(rule);
    if (before.length === 0 || !rule.config.request.some(isClosing)) return rule;
    notes.refuse(
      `${rule.path}.match`,
      `rule ${rule.name} (it closes more than it did)`,
      'it sees the request as the client sent it, not as earlier rules changed it',
    );
    return { ...rule, condition: { kind: 'any', of: [rule.condition, ...before.map((each) => made(rule, each))] } };
  });
}

/** What `rewriter` may have made to something for which `rule` holds. */
function made(rule: PlannedRule, rewriter: PlannedRule): Condition {
  const kinds = rewritten(rewriter);
  const rest = writableOf(rule.condition, (condition) => !asks(condition, kinds));
  return simplify({ kind: 'all', of: [rewriter.condition, whereItActs(rewriter), rest] });
}

/** Of a rule that does nothing but replace in paths: where it finds something. */
function whereItActs({ config }: PlannedRule): Condition {
  const [first, ...more] = config.request.filter((action) => rewrittenBy(action).length > 0);
  if (first === undefined || more.length > 0 || !('path' in first) || !('replace' in first.path)) return ALWAYS;
  const { replace: value } = first.path;
  return { kind: 'test', subject: { kind: 'path' }, comparison: 'regex', value, ignoreCase: false };
}

function rewritten({ config }: PlannedRule): ReadonlySet<Subject['kind']> {
  return new Set(config.request.flatMap(rewrittenBy));
}

function rewrittenBy(action: RequestActionConfig): readonly Subject['kind'][] {
  if ('path' in action) return ['path', 'url'];
  return 'host' in action ? ['host', 'url'] : [];
}

function asks(condition: Condition, kinds: ReadonlySet<Subject['kind']>): boolean {
  return [...testsOf(condition)].some((test) => test.kind !== 'status' && kinds.has(test.subject.kind));
}
