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
  return typed.length === 0 ? null : typed.reduce((all, one) => withAt(all, one.path, one.value), value);
}

/** A copy of what is on the way only: all else stays the same objects. */
function withAt(from: unknown, [key, ...inside]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(from) ? [...(from as unknown[])] : { ...(from as object) }) as Record<
    Path[number],
    unknown
  >;
  copy[key] = withAt(copy[key], inside, value);
  return copy;
}
