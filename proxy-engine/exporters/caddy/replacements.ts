/** What takes the place of a match, as Go has it. */
import { matchesNothing } from '../empty-matches.ts';
import type { Notes } from '../notes.ts';
import { readValue } from '../value.ts';
import { renderValue } from './values.ts';

/** One token. Nothing would be no argument: what nobody has set is empty. */
export function replacement(text: string): string {
  const parts = readValue(text).map((part) => (typeof part === 'string' ? part.replaceAll('$', '$$$$') : part));
  return parts.length === 0 ? '{http.vars.nothing}' : renderValue(parts, groupText);
}

/** The braces are escaped, or Caddy would take `{1}` for a placeholder. */
function groupText(n: number): string {
  return `$\\{${n}\\}`;
}

export function noteReplacement(notes: Notes, path: string, action: { replace: string; with: string }): void {
  if (readValue(action.with).some((part) => typeof part !== 'string' && 'variable' in part))
    notes.approximate(path, action.with, 'a dollar in the value of a variable begins a group');
  if (matchesNothing(action.replace))
    notes.approximate(path, action.replace, 'Caddy replaces no empty match right behind another one');
}
