/** Variables of the environment where a number, or true or false, is expected: each is the text that it is, and what that says is meant. */
import { type Path, valueAt } from './path.ts';
import type { Part } from './references.ts';

const WHOLE = /^\$\{[^{}]*\}$/;
const TYPED = /^(?:true|false|-?\d+(?:\.\d+)?)$/;

/** `part.value` with what stands at `paths` typed, where it is one variable that says something of a type; null: there is nothing of that. */
export function withTypedVariables({ source, value }: Part, paths: readonly Path[]): unknown {
  const typed = paths.flatMap((path) => {
    const [written, text] = [valueAt(source.value, path), valueAt(value, path)];
    const isMeant = typeof written === 'string' && WHOLE.test(written) && typeof text === 'string' && TYPED.test(text);
    return isMeant ? [{ path, value: JSON.parse(text) as unknown }] : [];
  });
  if (typed.length === 0) return null;
  const copy = structuredClone(value);
  for (const { path, value: now } of typed)
    (valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1) as string] = now;
  return copy;
}
