/** Edits of what a document has by a key of another type, by an alias or by a merge key (`<<`). */
import { isCollection, isMap, isScalar, isSeq, type Pair } from 'yaml';
import type { Edit } from './edit.ts';
import { formatPath, type Path, valueAt } from './path.ts';
import type { ConfigSource } from './source.ts';

/**
 * The edit with the keys as the document has them (`8080` is a number there), and with all of what stands elsewhere, written out in
 * its place, when something in it changes. Throws for what cannot be taken out, as it stands elsewhere alone.
 */
export function inOwnParts({ document, value: content }: ConfigSource, { path, value, told = path }: Edit): Edit {
  const keys: (string | number)[] = [];
  let node: unknown = document.contents;
  for (const [depth, key] of path.entries()) {
    const pair: Pair | undefined = isMap(node) ? node.items.find((one) => isNamed(one, key)) : undefined;
    keys.push(pair && isScalar(pair.key) ? (pair.key.value as string) : key);
    node = isSeq(node) ? node.items[Number(key)] : pair?.value;
    const inside = path.slice(depth + 1);
    const now = valueAt(content, path.slice(0, depth + 1));
    if (inside.length > 0 && !isCollection(node) && isObject(now))
      return { path: keys, value: withChange(now, inside, value), told };
    if (inside.length === 0 && value === null && node === undefined && now !== undefined)
      throw new Error(`${formatPath(told)} comes from an anchor; take it out there, or give it another value here`);
  }
  return { path: keys, value, told };
}

function isNamed({ key }: Pair, name: string | number): boolean {
  return isScalar(key) && String(key.value) === String(name);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A copy with `value` at the path; null: without it. */
function withChange(from: unknown, [key, ...inside]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const isTakenOut = inside.length === 0 && value === null;
  if (Array.isArray(from) && isTakenOut) return from.filter((_, index) => index !== key);
  const copy = Array.isArray(from) ? [...from] : { ...(from as object) };
  const parts = copy as Record<string | number, unknown>;
  if (isTakenOut) delete parts[key];
  else parts[key] = withChange(parts[key] ?? (typeof inside[0] === 'number' ? [] : {}), inside, value);
  return copy;
}
