/** The config document as text, and what the rules page reads from it. Comments and order survive every change. */
import { isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { entryLines, insertLines, moveLines } from './entry-lines.ts';

/** A rule as it stands in the document: durations still have their units, defaults are not filled in. */
export interface RawRule {
  name?: string;
  group?: string;
  enabled?: boolean;
  match?: string;
  request?: unknown[];
  response?: unknown[];
  [key: string]: unknown;
}

/** The rules of the document in their order; none when it cannot be read. */
export function rulesOf(text: string): RawRule[] {
  return entriesOf(text).rules;
}

export interface DocumentEntries {
  routes: RawRule[];
  rules: RawRule[];
  /** Names of the pools. */
  pools: string[];
  groups: Readonly<Record<string, { select?: string }>>;
}

/** What the rules page reads of the document; all empty when it cannot be read. */
export function entriesOf(text: string): DocumentEntries {
  const document = parseDocument(text);
  const content = (document.errors.length > 0 ? null : document.toJS()) as Record<string, unknown> | null;
  return {
    routes: recordsOf(content?.routes),
    rules: recordsOf(content?.rules),
    pools: Object.keys(recordOf(content?.pools)),
    groups: recordOf(content?.groups) as DocumentEntries['groups'],
  };
}

function recordsOf(value: unknown): RawRule[] {
  return Array.isArray(value) ? value.filter((one): one is RawRule => typeof one === 'object' && one !== null) : [];
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export type EntryList = 'routes' | 'rules';

function entryNodes(
  text: string,
  list: EntryList,
): { document: ReturnType<typeof parseDocument>; all: YAMLSeq } | null {
  const document = parseDocument(text);
  const all = isMap(document.contents) ? document.contents.get(list, true) : null;
  return isSeq(all) ? { document, all } : null;
}

/** The document with route or rule `from` at place `to`; the text itself when there is no such one. */
export function moveEntry(text: string, list: EntryList, from: number, to: number): string {
  const found = entryNodes(text, list);
  const item = found?.all.items[from];
  if (!found || item === undefined || to < 0 || to >= found.all.items.length) return text;
  const lines = entryLines(text, found.all);
  found.all.items.splice(from, 1);
  found.all.items.splice(to, 0, item);
  const moved = lines && moveLines(text, lines, from, to);
  return moved !== null && says(moved, found.document) ? moved : found.document.toString({ lineWidth: 0 });
}

/** The document with one more route or rule at place `at`. */
export function insertEntry(text: string, list: EntryList, at: number, entry: RawRule): string {
  const found = entryNodes(text, list);
  const document = found?.document ?? parseDocument(text);
  const lines = found && entryLines(text, found.all);
  if (found) found.all.items.splice(at, 0, document.createNode(entry));
  else document.set(list, document.createNode([entry]));
  const inserted = lines && insertLines(text, lines, at, entry);
  return inserted !== null && says(inserted, document) ? inserted : document.toString({ lineWidth: 0 });
}

function says(text: string, wanted: ReturnType<typeof parseDocument>): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && JSON.stringify(document.toJS()) === JSON.stringify(wanted.toJS());
}

/** Where a route or rule stands in the text, as character offsets. */
export function entryRange(text: string, list: EntryList, index: number): { from: number; to: number } | null {
  const item = entryNodes(text, list)?.all.items[index];
  const range =
    typeof item === 'object' && item !== null && 'range' in item
      ? (item.range as [number, number, number] | null)
      : null;
  return range ? { from: range[0], to: range[1] } : null;
}
