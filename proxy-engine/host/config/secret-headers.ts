/** Headers that rules and routes give the value of an environment variable, such as `authorization: 'Bearer ${API_TOKEN}'`. */
import { variablesOf } from '../../contract/environment-reference.ts';

/** Their names in lower case. `documents`: as they are written, which need not be right. */
export function secretHeaders(documents: readonly unknown[]): string[] {
  const lists = documents.flatMap((document) => [child(document, 'rules'), child(document, 'routes')]);
  const entries = lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...new Set(entries.flatMap(namesInEntry))].map((name) => name.toLowerCase());
}

/** Entries that stay the same objects are asked with each change of the config. */
const known = new WeakMap<object, string[]>();

function namesInEntry(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const names = known.get(entry) ?? namesIn(entry);
  known.set(entry, names);
  return names;
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    if (key === 'query' || key === 'jsonPatch') return [];
    if (key === 'redirect') return variablesOf(below).length > 0 ? ['location'] : [];
    if (key === 'set' || key === 'append' || key === 'headers')
      return Object.entries(below ?? {}).flatMap(([name, text]) => (variablesOf(text).length > 0 ? [name] : []));
    if (key === 'replaceHeader')
      return variablesOf(child(below, 'with')).length > 0 ? [String(child(below, 'name'))] : [];
    return namesIn(below);
  });
}

function child(value: unknown, key: string): unknown {
  return (value as Record<string, unknown> | null | undefined)?.[key];
}
