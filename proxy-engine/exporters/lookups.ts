/** How a target finds headers, parameters and cookies by their names, where that is not how Switchyard does: the first counts. */
import { type Subject, testsOf } from './condition.ts';
import type { Plan } from './plan.ts';

/** Tells at each condition that asks for one of them, by kind, why. */
export function noteLookups(
  { routes, rules, notes }: Plan,
  differences: Partial<Record<Subject['kind'], string>>,
): void {
  for (const [word, planned] of [
    ['route', routes],
    ['rule', rules],
  ] as const)
    for (const { path, name, condition } of planned)
      for (const test of testsOf(condition)) {
        const why = test.kind === 'status' ? undefined : differences[test.subject.kind];
        if (why !== undefined) notes.approximate(`${path}.match`, `${word} ${name}`, why);
      }
}
