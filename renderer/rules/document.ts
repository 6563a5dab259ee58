/** What the rules page reads of the documents that the config is made of. Comments and order survive every change. */
import { isMap, isNode, isSeq, parseDocument } from 'yaml';
import type { ConfigPart, EntryList } from '../../proxy-engine/contract/config-edit.ts';

export type { EntryList };

/** A rule or route as it stands in its document: durations still have their units, defaults are not filled in. */
export interface RawRule {
  name?: string;
  group?: string;
  enabled?: boolean;
  match?: string;
  request?: unknown[];
  response?: unknown[];
  [key: string]: unknown;
}

/** A rule or route and where it lives. Its place is one of its document, and only good for showing: edits tell it by its name. */
export interface Entry {
  /** As the engine knows it: what its variables stand for. */
  name: string;
  raw: RawRule;
  /** Name of the document. */
  source: string;
  /** Whether that is another one than the config's own. */
  included: boolean;
  place: number;
  /** How many its document has. */
  count: number;
}

export interface DocumentEntries {
  routes: readonly Entry[];
  rules: readonly Entry[];
  /** Names of the listeners. */
  listeners: string[];
  /** Names of the pools. */
  pools: string[];
  groups: Readonly<Record<string, { select?: string }>>;
}

/** Of all documents, in the order in which it acts: the config's own first, then those that it includes. */
export function entriesOf(parts: readonly ConfigPart[]): DocumentEntries {
  const contents = parts.map(({ value }) => recordOf(value));
  return {
    routes: parts.flatMap((part, index) => entriesIn(part, 'routes', index > 0)),
    rules: parts.flatMap((part, index) => entriesIn(part, 'rules', index > 0)),
    listeners: contents.flatMap((content) => Object.keys(recordOf(content.listeners))),
    pools: contents.flatMap((content) => Object.keys(recordOf(content.pools))),
    groups: Object.assign({}, ...contents.map((content) => recordOf(content.groups)).reverse()),
  };
}

function entriesIn({ name: source, value, filled }: ConfigPart, list: EntryList, included: boolean): Entry[] {
  const all = recordOf(value)[list];
  if (!Array.isArray(all)) return [];
  return all.map((one: unknown, place) => {
    const raw = recordOf(one) as RawRule;
    const name = String(raw.name ?? '');
    return { name: filled?.[list][name] ?? name, raw, source, included, place, count: all.length };
  });
}

export function namesOf(entries: readonly Entry[]): string[] {
  return entries.map(({ name }) => name);
}

export function entryNamed(entries: readonly Entry[], name: string | null): Entry | undefined {
  return entries.find((entry) => entry.name === name);
}

/** The one behind it, which takes its place when it goes, or else the one before it. */
export function neighbourOf(entries: readonly Entry[], name: string): string | null {
  const at = entries.findIndex((entry) => entry.name === name);
  return (entries[at + 1] ?? entries[at - 1])?.name ?? null;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Where the route or rule with that name stands in the text, as character offsets. */
export function entryRange(text: string, list: EntryList, name: string): { from: number; to: number } | null {
  const lines = linesOfEntry(text, list, name);
  if (lines !== undefined) return lines;
  const document = parseDocument(text);
  const all = isMap(document.contents) ? document.contents.get(list, true) : null;
  const item = isSeq(all) ? all.items.find((one) => isMap(one) && one.get('name') === name) : null;
  return isNode(item) && item.range ? { from: item.range[0], to: item.range[1] } : null;
}

/** The same without parsing, for a list that has one hyphen a line; undefined: it is not written so. */
function linesOfEntry(text: string, list: EntryList, name: string): { from: number; to: number } | null | undefined {
  const head = new RegExp(`^${list}:[ \\t]*(#.*)?\\r?\\n`, 'm').exec(text);
  if (!head) return undefined;
  const start = head.index + head[0].length;
  const length = /^[^\s#-]/m.exec(text.slice(start))?.index;
  const section = text.slice(start, length === undefined ? text.length : start + length);
  const column = /^( *)- /m.exec(section)?.[1]?.length;
  if (column === undefined) return undefined;
  const hyphens = [...section.matchAll(new RegExp(`^ {${column}}-\\s`, 'gm'))].map(({ index }) => index);
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // As the first key or on a line of its own: deeper ones are names of other things.
  const named = new RegExp(`^ {${column}}(?:- +(?:\\{ *)?|  )name: *["']?${escaped}["']?[ \\r]*(?:[,}#]|$)`, 'm');
  const at = hyphens.findIndex((from, index) => named.test(section.slice(from, hyphens[index + 1])));
  if (at < 0) return undefined;
  const [from, to] = [hyphens[at] ?? 0, hyphens[at + 1] ?? section.length];
  const entry = section.slice(from, to).replace(/(?:\n[^\S\n]*(?:#.*)?)+$/, '');
  return { from: start + from + column + 2, to: start + from + entry.length };
}
