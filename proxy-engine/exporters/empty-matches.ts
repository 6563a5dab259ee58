/** Patterns that match where nothing is: programs differ in how often they do. */
import { compilePattern, isMistake } from '../match/pattern.ts';
import { isAnchored } from './pattern.ts';

/** Whether the pattern matches an empty text. */
export function matchesEmpty(text: string): boolean {
  const pattern = compilePattern(text);
  return isMistake(pattern) || pattern.test('');
}

/** Whether the pattern matches nothing at more places than the start. */
export function matchesNothing(text: string): boolean {
  return matchesEmpty(text) && !isAnchored(text);
}
