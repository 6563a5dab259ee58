/** Routes and rules put into another order, and new ones put among them. Comments and everything else of the document stay. */
import { isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import type { EntryList } from '../../contract/config-edit.ts';
import { isJson } from './edit.ts';
import { entryLines, insertLines, moveLines } from './entry-lines.ts';

type Parsed = ReturnType<typeof parseDocument>;

/** The document with entry `from` at place `to`; the text itself when there is no such entry or place. */
export function moveEntry(text: string, list: EntryList, from: number, to: number): string {
  const found = entryNodes(text, list);
  const item = found?.all.items[from];
  if (!found || item === undefined || to < 0 || to >= found.all.items.length) return text;
  const lines = entryLines(text, found.all);
  found.all.items.splice(from, 1);
  found.all.items.splice(to, 0, item);
  return printed(text, found.document, lines && moveLines(text, lines, from, to));
}

/** The document with one more entry at place `at`. */
export function insertEntry(text: string, list: EntryList, at: number, entry: object): string {
  const found = entryNodes(text, list);
  const document = found?.document ?? parseDocument(text);
  const lines = found && entryLines(text, found.all);
  if (found) found.all.items.splice(at, 0, document.createNode(entry));
  else document.set(list, document.createNode([entry]));
  return printed(text, document, lines && insertLines(text, lines, at, entry));
}

function entryNodes(text: string, list: EntryList): { document: Parsed; all: YAMLSeq } | null {
  const document = parseDocument(text);
  const all = isMap(document.contents) ? document.contents.get(list, true) : null;
  return isSeq(all) ? { document, all } : null;
}

/** The lines as they were cut and put together, if they say what is wanted. */
function printed(text: string, wanted: Parsed, lines: string | null): string {
  if (lines !== null && says(lines, wanted)) return lines;
  return isJson(text) ? `${JSON.stringify(wanted.toJS(), null, 2)}\n` : wanted.toString({ lineWidth: 0 });
}

function says(text: string, wanted: Parsed): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && JSON.stringify(document.toJS()) === JSON.stringify(wanted.toJS());
}
