/** Rules that refuse by what an earlier rule changes, where the target does without that rule. */
import type { RequestActionConfig, RuleConfig } from '../contract/config.ts';
import type { Subject } from './condition.ts';
import { isClosing } from './guards.ts';
import type { Plan } from './plan.ts';
import { asksAbout, changedSubjects } from './rule-order.ts';

interface Written {
  path: string;
  config: RuleConfig;
}

/** Tells them, once it is known what is not mapped; `written`: all rules, in order. */
export function noteOpenGates({ rules, notes }: Plan, written: readonly Written[]): void {
  const planned = new Map(rules.map((rule) => [rule.path, rule]));
  const unmapped = new Set(notes.unmapped.map(({ path }) => /^rules\[\d+\]\.(?:match|request\[\d+\])/.exec(path)?.[0]));
  const lost = new Set<Subject['kind']>();
  for (const { path, config } of written) {
    const closes = config.request.some(isClosing);
    const gate = planned.get(path);
    if (closes && gate && asksAbout(gate, lost))
      notes.refuse(
        `${path}.match`,
        `rule ${config.name} (it may stand open)`,
        'what it asks for is changed by an earlier rule, which is not mapped',
      );
    const isOut = !closes && unmapped.has(`${path}.match`);
    config.request.forEach((action, i) => {
      if (isOut || unmapped.has(`${path}.request[${i}]`)) for (const kind of lostBy(action)) lost.add(kind);
    });
  }
}

const BY_MAP_REMOTE = ['path', 'query', 'parameter', 'url', 'host', 'scheme', 'port'] as const;

function lostBy(action: RequestActionConfig): readonly Subject['kind'][] {
  return 'mapRemote' in action ? BY_MAP_REMOTE : changedSubjects(action);
}
