/** Variables that are not quite the same in a target. */
import type { Notes } from './notes.ts';
import { readValue } from './value.ts';

/** By variable, or by a variable with its name, why. */
export type Differences = Readonly<Record<string, string>>;

/** Of pools and the like, where targets know them by their ids. */
export const SAFE_NAME = 'the name in letters, digits and underscores';

/** Tells of those that stand in any text of `action`. */
export function noteVariables(notes: Notes, path: string, action: unknown, differences: Differences): void {
  for (const text of textsIn(action))
    for (const part of readValue(text)) {
      if (typeof part === 'string' || 'group' in part) continue;
      const named = part.name === undefined ? part.variable : `${part.variable}[${part.name}]`;
      const [what, why] =
        differences[named] === undefined ? [part.variable, differences[part.variable]] : [named, differences[named]];
      if (why !== undefined) notes.approximate(path, `$${what}`, why);
    }
}

/** Every text in `value`, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}
