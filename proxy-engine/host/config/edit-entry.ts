/** Changes of one entry, made in a document that has nothing else: what they cost does not go by how many others there are. */
import { isDeepStrictEqual } from 'node:util';
import type { Edit } from './edit.ts';
import type { Section } from './layout.ts';
import { entryText } from './read-entries.ts';
import { type ConfigSource, parseSource } from './source.ts';

/** The first and the last of the entries that a change sees. */
type Range = readonly [first: number, last: number];

/** null: the edit is none of one entry, or has to be made in the whole document. */
export function editEntry(
  source: ConfigSource,
  edit: Edit,
  change: (part: ConfigSource, edit: Edit) => ConfigSource,
): ConfigSource | null {
  const { path, value, told = path, like = source.text } = edit;
  const [key, at, ...inside] = path;
  const section = sectionOf(source, key);
  if (!section || at === undefined) return null;
  const index = typeof at === 'number' ? at : entryOf(source, section, at);
  const range = rangeOf(section, index, value === null && inside.length === 0);
  const place = [section.key, typeof at === 'number' ? at - range[0] : at, ...inside];
  return changeEntries(source, section, range, (part) => change(part, { path: place, value, told, like }));
}

/** The same for any change of these entries. null as well when more than they would change. */
export function changeEntries(
  source: ConfigSource,
  section: Section,
  [first, last]: Range,
  change: (part: ConfigSource) => ConfigSource,
): ConfigSource | null {
  const [from, to] = [section.entries[first]?.from, section.entries[last]?.to];
  if (from === undefined || to === undefined) return null;
  const { text, file } = source;
  const head = entryText('', section.key, { from: 0, to: 0 });
  const part = parseSource(entryText(text, section.key, { from, to }), file, source);
  const changed = change(part);
  if (!changed.text.startsWith(head)) return null;
  const whole = parseSource(text.slice(0, from) + changed.text.slice(head.length) + text.slice(to), file, source);
  const says = saysAfter(source, section.key, first, { part, changed });
  return whole.issues.length === 0 && says !== null && isDeepStrictEqual(whole.value, says) ? whole : null;
}

export function sectionOf({ sections }: ConfigSource, key: unknown): Section | undefined {
  return sections?.find((section) => section.key === key && section.entries.length > 0);
}

function rangeOf({ entries }: Section, index: number, isTakenOut: boolean): Range {
  // Behind the last one it is added.
  if (index === entries.length) return [index - 1, index - 1];
  if (!isTakenOut) return [index, index];
  // The only one leaves a list behind that is empty.
  if (entries.length === 1) return [-1, -1];
  return index === 0 ? [0, 1] : [index - 1, index];
}

/** Of a map, by its name; -1: it has none. */
function entryOf({ text, known }: ConfigSource, { key, entries }: Section, name: string): number {
  return entries.findIndex((entry) => {
    const says = known?.get(entryText(text, key, entry)) as Record<string, object> | undefined;
    return says?.[key] !== undefined && Object.hasOwn(says[key], name);
  });
}

function saysAfter(
  { value }: ConfigSource,
  key: string,
  first: number,
  { part, changed }: Record<'part' | 'changed', ConfigSource>,
): unknown {
  const [all, before, after] = [value, part.value, changed.value].map((one) => (one as Record<string, unknown>)[key]);
  if (Array.isArray(all) && Array.isArray(before) && Array.isArray(after))
    return { ...(value as object), [key]: all.toSpliced(first, before.length, ...after) };
  if (!isMap(all) || !isMap(before) || !isMap(after)) return null;
  const others = Object.entries(all).filter(([name]) => !Object.hasOwn(before, name));
  return { ...(value as object), [key]: Object.fromEntries([...others, ...Object.entries(after)]) };
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
