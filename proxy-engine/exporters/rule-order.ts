/** Later rules see what earlier ones did; targets that decide on the request as it came do not have that. */
import type { RequestActionConfig } from '../contract/config.ts';
import { type Subject, testsOf } from './condition.ts';
import type { Notes } from './notes.ts';
import type { Plan, PlannedRule } from './plan.ts';
import { mayBeEmpty, readValue } from './value.ts';

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

/** Tells of a Host that may be set to nothing: Switchyard then leaves the one of the request. */
export function noteEmptyHost(notes: Notes, path: string, action: RequestActionConfig): void {
  if (!('set' in action)) return;
  const texts = Object.entries(action.set).filter(([name]) => isHost(name));
  if (texts.some(([, text]) => mayBeEmpty(readValue(text))))
    notes.approximate(
      path,
      'an empty Host',
      'it does not leave that of the request: the backend gets none, or its own',
    );
}

/** Whether it says what the backend is told as Host. */
export function writesHost(action: RequestActionConfig): boolean {
  if ('set' in action) return Object.keys(action.set).some(isHost);
  return 'replaceHeader' in action ? isHost(action.replaceHeader.name) : 'host' in action;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host';
}
