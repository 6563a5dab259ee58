/** Routes and rules put into another order, and new ones put among them. Comments and everything else of the document stay. */
import { type Document, isMap, isSeq, type YAMLSeq } from 'yaml';
import type { EntryList } from '../../contract/config-edit.ts';
import { dataWithout, isJson, jsonLike, saying } from './edit.ts';
import { entryLines, insertLines, moveLines } from './entry-lines.ts';
import { type ConfigSource, parseSource } from './source.ts';

/** The document with entry `from` at place `to`; the same when there is no such entry or place. */
export function moveEntry(source: ConfigSource, list: EntryList, from: number, to: number): ConfigSource {
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
