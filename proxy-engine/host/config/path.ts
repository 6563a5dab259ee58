/** Where a value stands in a document: the keys and indexes that lead to it. */
export type Path = readonly (string | number)[];

/** `pools.api.backends[0].url`; keys that are not plain words are quoted: `pools["a.b"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => text + formatKey(key, text === ''), '');
}

function formatKey(key: string | number, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return first ? key : `.${key}`;
}

/** The other way round, as far as `text` is a path that `formatPath` made. */
export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  for (const [, word, index, quoted] of text.matchAll(/([\w-]+(?![\w-]*\]))|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (word !== undefined) path.push(word);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(String(JSON.parse(quoted)));
  }
  return path;
}

/** The value at `path`, undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  );
}
