import type { Condition } from './condition.ts';
import { isAnchored } from './pattern.ts';
import { asPathPart, readValue, type ValuePart } from './value.ts';

/** The first `path ~` that must hold for the condition to hold: its groups are `$1` and so on of a redirect. */
export function findPathPattern(condition: Condition): { value: string; ignoreCase: boolean } | null {
  if (condition.kind === 'all') return condition.of.map(findPathPattern).find((found) => found !== null) ?? null;
  if (condition.kind !== 'test' || condition.subject.kind !== 'path' || condition.comparison !== 'regex') return null;
  return condition;
}

/** A pattern for the whole path, so that nothing around what `pattern` matches stays. */
export function wholePath(pattern: string): string {
  return `^.*?(?:${pattern}).*$`;
}

/** A replacement after which a path begins with a slash; `isSure`: whether that can be told before. */
export function slashed(action: { replace: string; with: string }): {
  pattern: string;
  parts: ValuePart[];
  isSure: boolean;
} {
  const parts = asPathPart(readValue(action.with));
  const [first] = parts;
  const as = (isSure: boolean) => ({ pattern: action.replace, parts, isSure });
  if (typeof first === 'string' && first.startsWith('/')) return as(true);
  if (!isAnchored(action.replace) || (first !== undefined && typeof first !== 'string')) return as(false);
  // A slash behind what goes takes its place.
  const pattern = first === undefined ? `${action.replace}/?` : action.replace;
  return { pattern, parts: ['/', ...parts], isSure: true };
}
