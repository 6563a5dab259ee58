/** Later rules see what earlier ones did; targets that decide on the request as it came do not have that. */
import type { RequestActionConfig } from '../contract/config.ts';
import { type Subject, testsOf } from './condition.ts';
import type { Plan, PlannedRule } from './plan.ts';

const LINE_SUBJECTS = ['path', 'query', 'parameter', 'url', 'host', 'scheme', 'port', 'header'] as const;
const HEADER_SUBJECTS = ['header', 'cookie', 'host', 'url'] as const;

/** Of what an action may change the value. */
export function changedSubjects(action: RequestActionConfig): readonly Subject['kind'][] {
  if ('path' in action || 'query' in action || 'host' in action || 'scheme' in action) return LINE_SUBJECTS;
  if ('set' in action || 'append' in action || 'delete' in action || 'replaceHeader' in action) return HEADER_SUBJECTS;
  if ('method' in action) return ['method'];
  return 'pool' in action || 'backend' in action ? ['pool'] : [];
}

/** Tells of each rule that asks about something that an earlier rule changes by an action that `isLate` there. */
export function noteEarlyDecisions({ rules, notes }: Plan, isLate: (action: RequestActionConfig) => boolean): void {
  const changed = new Set<Subject['kind']>();
  for (const rule of rules) {
    if (asksAbout(rule, changed))
      notes.approximate(
        `${rule.path}.match`,
        `rule ${rule.name}`,
        'it sees the request as the client sent it, not as earlier rules changed it',
      );
    for (const action of rule.config.request.filter(isLate))
      for (const kind of changedSubjects(action)) changed.add(kind);
  }
}

/** Whether its condition asks about one of them. */
export function asksAbout({ condition }: PlannedRule, changed: ReadonlySet<Subject['kind']>): boolean {
  return [...testsOf(condition)].some((test) => test.kind !== 'status' && changed.has(test.subject.kind));
}

/** Whether a rule says what the backend is told as Host. */
export function writesHosts({ rules }: Plan): boolean {
  return rules.some(({ config }) => config.request.some(writesHost));
}

/** Whether it says what the backend is told as Host. */
export function writesHost(action: RequestActionConfig): boolean {
  if ('set' in action) return Object.keys(action.set).some(isHost);
  return 'replaceHeader' in action ? isHost(action.replaceHeader.name) : 'host' in action;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}
