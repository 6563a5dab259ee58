/** Routes and rules put into another order, and new ones put among them. Comments and everything else of the document stay. */
import { type Document, isMap, isSeq, type YAMLSeq } from 'yaml';
import type { EntryList } from '../../contract/config-edit.ts';
import { dataWithout, isJson, jsonLike, saying } from './edit.ts';
import { changeEntries, sectionOf } from './edit-entry.ts';
import { entryLines, insertLines, linesOfSection, moveLines } from './entry-lines.ts';
import { type ConfigSource, parseSource } from './source.ts';

/** The document with entry `from` at place `to`; the same when there is no such entry or place. */
export function moveEntry(source: ConfigSource, list: EntryList, from: number, to: number): ConfigSource {
  return moveLinesOf(source, list, from, to) ?? moveInWhole(source, list, from, to);
}

/** null: lines alone do not tell that nothing else changes. */
function moveLinesOf(source: ConfigSource, list: EntryList, from: number, to: number): ConfigSource | null {
  const section = sectionOf(source, list);
  const all = (source.value as Record<string, unknown> | undefined)?.[list];
  if (!section || !Array.isArray(all) || from >= all.length || to < 0 || to >= all.length) return null;
  const moved = all.toSpliced(from, 1).toSpliced(to, 0, all[from]);
  const text = moveLines(source.text, linesOfSection(source.text, section), from, to);
  return saying(text, { ...(source.value as object), [list]: moved }, source.file, source);
}

function moveInWhole(source: ConfigSource, list: EntryList, from: number, to: number): ConfigSource {
  const document = source.document.clone();
  const all = entriesIn(document, list);
  const item = all?.items[from];
  if (!all || item === undefined || to < 0 || to >= all.items.length) return source;
  const lines = entryLines(source.text, all);
  all.items.splice(from, 1);
  all.items.splice(to, 0, item);
  const says = dataWithout(document, [list, from]);
  return withLines(source, { document, says }, lines && moveLines(source.text, lines, from, to));
}

/** The document with one more entry at place `at`. */
export function insertEntry(source: ConfigSource, list: EntryList, at: number, entry: object): ConfigSource {
  const section = sectionOf(source, list);
  const change = (part: ConfigSource) => insertInWhole(part, list, 0, entry);
  return (section && changeEntries(source, section, [at, at], change)) ?? insertInWhole(source, list, at, entry);
}

function insertInWhole(source: ConfigSource, list: EntryList, at: number, entry: object): ConfigSource {
  const document = source.document.clone();
  const all = entriesIn(document, list);
  const lines = all && entryLines(source.text, all);
  if (all) all.items.splice(at, 0, document.createNode(entry));
  else document.set(list, document.createNode([entry]));
  const says = dataWithout(document, [list, at]);
  return withLines(source, { document, says }, lines && insertLines(source.text, lines, at, entry));
}

function entriesIn(document: Document, list: EntryList): YAMLSeq | null {
  const all = isMap(document.contents) ? document.contents.get(list, true) : null;
  return isSeq(all) ? all : null;
}

interface Wanted {
  document: Document;
  /** The same as data. */
  says: unknown;
}

/** The lines as they were cut and put together, if they say what is wanted. */
function withLines({ text, file }: ConfigSource, { document, says }: Wanted, lines: string | null): ConfigSource {
  const changed = lines === null ? null : saying(lines, says, file);
  if (changed) return changed;
  const anew = isJson(text) ? jsonLike(text, says) : document.toString({ lineWidth: 0 });
  return parseSource(anew, file);
}
