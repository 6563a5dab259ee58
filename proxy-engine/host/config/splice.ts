/** Cuts one change into the text of a document. What it does not touch stays as it was, down to the last blank. */
import {
  Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Edit } from './edit.ts';

/** The text with one plain value replaced or added, or null when that is not what the edit does. */
export function splicePlain(text: string, document: Document, { path, value }: Edit): string | null {
  if (typeof value === 'object') return null;
  const key = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  const existing = document.getIn(path, true);
  const column = inFlow(text, parent) ? null : columnOf(text, parent);
  if (isScalar(existing) && existing.range) {
    const [from, to] = existing.range;
    if (text[to - 1] !== '\n') return replaceRange(text, from, to, scalarText(value, column));
    // Of a block scalar the last line break is a part, and what is said of it.
    return existing.comment ? null : replaceRange(text, from, to, `${scalarText(value, column)}\n`);
  }
  if (existing !== undefined || !isMap(parent) || typeof key !== 'string') return null;
  const line = `${scalarText(key, null)}: ${scalarText(value, parent.flow ? null : column)}`;
  return parent.flow ? addToFlowMap(text, parent, line) : addToBlockMap(text, parent, line);
}

/** Of the keys or hyphens of a collection that is not in braces or brackets. */
function columnOf(text: string, parent: unknown): number {
  const from = isCollection(parent) ? (parent.range?.[0] ?? 0) : 0;
  return from - (text.lastIndexOf('\n', from - 1) + 1);
}

function inFlow(text: string, parent: unknown): boolean {
  return isCollection(parent) && (parent.flow ?? text[parent.range?.[0] ?? -1] === '{');
}

function replaceRange(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** Lines below each other, deeper than `column`; null: in braces or brackets. There what a plain word cannot be is quoted. */
function scalarText(value: unknown, column: number | null): string {
  const plain = stringify({ k: value }, { lineWidth: 0 }).slice('k: '.length).replace(/\n$/, '');
  if (plain.includes('\n') && column !== null) return plain.replaceAll(/\n(?=.)/g, `\n${' '.repeat(column)}`);
  const isRisky = column === null && typeof value === 'string' && /[,[\]{}]/.test(value) && !/^['"]/.test(plain);
  return isRisky || plain.includes('\n') ? JSON.stringify(value) : plain;
}

function addToFlowMap(text: string, map: YAMLMap, line: string): string | null {
  const end = endOfLast(map);
  if (end === null) return null;
  return replaceRange(text, end, end, `, ${line}`);
}

/** On a line of its own: below the first entry, which is the name of a rule or backend, or above it when that has entries of its own. */
function addToBlockMap(text: string, map: YAMLMap, line: string): string | null {
  const first = map.items[0];
  if (!isPair(first) || !isScalar(first.key)) return null;
  const start = first.key.range?.[0];
  if (start === undefined) return null;
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const end = isScalar(first.value) ? first.value.range?.[1] : undefined;
  if (end === undefined) return replaceRange(text, start, start, `${line}\n${indent}`);
  const newline = text.indexOf('\n', end);
  const at = newline < 0 ? text.length : newline;
  return replaceRange(text, at, at, `\n${indent}${line}`);
}

function endOfLast(map: YAMLMap): number | null {
  const last = map.items.at(-1) as Pair<Node, Node | null> | undefined;
  return last?.value?.range?.[1] ?? null;
}

// ── entries of lists, and keys at the top ──

/** The texts with an entry of a list taken out or put at its end, or with a key put at the end of the document. */
export function* spliceEntry(text: string, document: Document, { path, value }: Edit): Generator<string> {
  if (value !== null && isMap(document.contents) && !document.contents.flow && !document.contents.has(path[0])) {
    const entry = path.reduceRight<unknown>((inner, key) => (key === 0 ? [inner] : { [key]: inner }), value);
    yield `${text.replace(/\n?$/, '\n')}${stringify(entry, { lineWidth: 0 })}`;
  }
  const list = document.getIn(path.slice(0, -1), true);
  if (!isSeq(list) || list.flow) return;
  const index = Number(path.at(-1));
  const lines = linesOf(text, list.items[value === null ? index : list.items.length - 1]);
  if (lines === null) return;
  if (value === null) {
    yield replaceRange(text, lines.from, lines.to, '');
    yield replaceRange(text, commentsAbove(text, lines.from), lines.to, '');
  } else if (index === list.items.length) {
    const entry = stringify([value], { lineWidth: 0 }).replaceAll(/^(?=.)/gm, ' '.repeat(lines.column));
    yield replaceRange(text, lines.to, lines.to, text[lines.to - 1] === '\n' ? entry : `\n${entry}`);
  }
}

/** The lines on which an entry of a list stands, its hyphen and what is behind it included. */
function linesOf(text: string, item: unknown): { from: number; to: number; column: number } | null {
  const [start, end] = isNode(item) && item.range ? item.range : [];
  if (start === undefined || end === undefined) return null;
  const hyphen = text.lastIndexOf('-', start - 1);
  const from = text.lastIndexOf('\n', hyphen - 1) + 1;
  const last = start + text.slice(start, end).trimEnd().length;
  const newline = text.indexOf('\n', last);
  return { from, to: newline < 0 ? text.length : newline + 1, column: hyphen - from };
}

function commentsAbove(text: string, from: number): number {
  return from - (/(?:^[^\S\n]*#.*\n)+(?![^])/m.exec(text.slice(0, from))?.[0].length ?? 0);
}

// ── lists and maps ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The texts with the changed list or map written anew, then with what that is in, and so on. `whole`: the document as it becomes. */
export function* spliceAround(text: string, document: Document, edit: Edit, whole: Document): Generator<string> {
  const { path, like = text } = edit;
  for (let length = path.length; length > 0; length--) {
    const before = document.getIn(path.slice(0, length), true);
    const after = whole.getIn(path.slice(0, length), true);
    if (!isCollection(before) || !isCollection(after) || !before.range) continue;
    const [from, to] = before.range;
    const end = to - (/\s*$/.exec(text.slice(from, to))?.[0].length ?? 0);
    const column = from - (text.lastIndexOf('\n', from - 1) + 1);
    if (before.items.length === 0 && !after.flow)
      yield belowItsKey(text, document.getIn(path.slice(0, length - 1), true), before, after, like);
    // Empty, it has no lines of its own.
    if (after.items.length === 0)
      yield replaceRange(text, text.slice(0, from).trimEnd().length, end, ` ${written(after, like)}`);
    yield replaceRange(text, from, end, written(after, like).replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(column)}`));
  }
}

/** In place of empty brackets: lines below the key. */
function belowItsKey(text: string, parent: unknown, { range }: Node, after: Node, like: string): string {
  const [from, to] = range ?? [0, 0];
  const newline = text.indexOf('\n', to);
  const end = newline < 0 ? text.length : newline;
  const column = columnOf(text, parent) + (isSeq(after) && !hasIndentedLists(like) ? 0 : 2);
  const lines = `\n${written(after, like)}`.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(column)}`);
  return text.slice(0, from).trimEnd() + text.slice(to, end) + lines + text.slice(end);
}

function written(node: Node, like: string): string {
  const document = new Document(null, { merge: true });
  const own = node.clone() as Node;
  // These stand in front of where the node begins, and behind its end.
  own.commentBefore = null;
  own.comment = null;
  document.contents = own;
  return inFormOf(like, document).trimEnd();
}

/** The document as text, with lists written as they are in `text`. */
export function inFormOf(text: string, document: Document): string {
  const anew = printed(text, document);
  return /\[ \S/.test(text) ? anew : withTightLists(anew);
}

/** The same, but for the blanks in its lists. */
export function printed(text: string, document: Document): string {
  // What an alias stands for may be in a part that is not written anew.
  return document.toString({
    lineWidth: 0,
    verifyAliasOrder: false,
    indentSeq: hasIndentedLists(text),
  });
}

function hasIndentedLists(text: string): boolean {
  return !/^(\w[\w-]*):[^\S\n]*(#.*)?\n-[^\S\n]/m.test(text);
}

/** `[ a, b ]` → `[a, b]`: maps keep their blanks. */
function withTightLists(text: string): string {
  const blanks = new Set<number>();
  visit(parseDocument(text), {
    Seq(_key, { flow, range }) {
      if (!flow || !range) return;
      const [from, to] = range;
      for (const at of [from + 1, to - 2]) if (text[at] === ' ') blanks.add(at);
    },
  });
  let [tight, from] = ['', 0];
  for (const at of [...blanks].toSorted((a, b) => a - b)) {
    tight += text.slice(from, at);
    from = at + 1;
  }
  return tight + text.slice(from);
}
