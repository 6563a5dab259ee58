/**
 * `now`, with the parts of `before` that are equal to what stands in their place: who looks at such a part need not look again.
 * Both are JSON.
 */
export function withSameParts<T>(before: unknown, now: T): T {
  if (Array.isArray(before) && Array.isArray(now)) {
    const parts = now.map((part, index) => withSameParts(before[index], part));
    return (isSame(before, parts) ? before : parts) as T;
  }
  if (!isObject(before) || !isObject(now)) return now;
  const parts = Object.fromEntries(Object.entries(now).map(([key, part]) => [key, withSameParts(before[key], part)]));
  return (
    isSame(Object.values(before), Object.values(parts)) && isSame(Object.keys(before), Object.keys(parts))
      ? before
      : parts
  ) as T;
}

function isSame(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && now.every((part, index) => Object.is(part, before[index]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
