/**
 * What the schema declares and this version does not do. A config that uses it is refused, never half obeyed.
 * When a part lands, its row goes.
 */
import type { Config, RequestActionConfig, ResponseActionConfig } from '../contract/config.ts';
import type { Mistake } from './config/validate.ts';

type Visit = (path: (string | number)[], what: string) => void;

const ACTIONS = ['script', 'breakpoint'] as const;

export function findUnsupported(config: Config): Mistake[] {
  const mistakes: Mistake[] = [];
  const visit: Visit = (path, what) => mistakes.push({ path, message: `not supported yet: ${what}`, place: 'key' });
  visitRules(config, visit);
  return mistakes;
}

function visitRules(config: Config, visit: Visit): void {
  for (const [index, rule] of config.rules.entries()) {
    visitActions(rule.request, ['rules', index, 'request'], visit);
    visitActions(rule.response, ['rules', index, 'response'], visit);
  }
}

function visitActions(
  actions: readonly (RequestActionConfig | ResponseActionConfig)[],
  at: (string | number)[],
  visit: Visit,
): void {
  for (const [index, action] of actions.entries()) {
    const name = ACTIONS.find((key) => key in action);
    if (name) visit([...at, index, name], `the action ${name}`);
  }
}
