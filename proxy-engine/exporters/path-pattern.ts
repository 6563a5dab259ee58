import type { Condition } from './condition.ts';

/** The first `path ~` that must hold for the condition to hold: its groups are `$1` and so on of a redirect. */
export function findPathPattern(condition: Condition): { value: string; ignoreCase: boolean } | null {
  if (condition.kind === 'all') return condition.of.map(findPathPattern).find((found) => found !== null) ?? null;
  if (condition.kind !== 'test' || condition.subject.kind !== 'path' || condition.comparison !== 'regex') return null;
  return condition;
}
