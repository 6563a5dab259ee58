/** One document as text: what it says, and where in the text each part of it stands. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLParseError,
} from 'yaml';
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { danglingAliases, endlessAliases, type WrongAlias } from './aliases.ts';
import type { Section } from './layout.ts';
import { formatPath, type Path } from './path.ts';
import { type ReadEntries, readEntries } from './read-entries.ts';
import { offsetInScalar } from './scalar-offset.ts';

export interface Position {
  /** From 1. */
  line: number;
  column: number;
}

export interface ConfigSource {
  /** As it is told to people; absent for a document that is in no file. */
  readonly file: string | undefined;
  readonly text: string;
  readonly document: Document;
  /** Plain data, undefined when the text is not YAML. */
  readonly value: unknown;
  readonly lines: LineCounter;
  /** Mistakes of syntax, duplicate keys among them. */
  readonly issues: readonly ConfigIssue[];
  /** Where its entries stand; null: it was read whole. */
  readonly sections: readonly Section[] | null;
  /** What its entries say, by their text. */
  readonly known?: ReadonlyMap<string, unknown>;
}

/**
 * Reads YAML 1.2; JSON is a part of it. Never throws: mistakes are in `issues`. Entries that stood in `before` as well are not read
 * again, and are the same objects.
 */
export function parseSource(text: string, file?: string, before?: ConfigSource): ConfigSource {
  const entries = readEntries(text, before?.known);
  return entries ? new EntrySource(text, file, entries) : parseWhole(text, file);
}

/** The document is read whole when somebody asks where in it something stands. */
class EntrySource implements ConfigSource {
  readonly file: string | undefined;
  readonly text: string;
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[] = [];
  readonly sections: readonly Section[];
  readonly known: ReadonlyMap<string, unknown>;
  #whole: ConfigSource | null = null;

  constructor(text: string, file: string | undefined, { value, sections, known }: ReadEntries) {
    this.text = text;
    this.file = file;
    this.value = value;
    this.sections = sections;
    this.known = known;
  }

  get document(): Document {
    return this.#readWhole().document;
  }

  get lines(): LineCounter {
    return this.#readWhole().lines;
  }

  #readWhole(): ConfigSource {
    this.#whole ??= parseWhole(this.text, this.file);
    return this.#whole;
  }
}

function parseWhole(text: string, file: string | undefined): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const issues = realMistakes(document.errors).map(({ code, message, pos: [at] }) =>
    code === 'DUPLICATE_KEY'
      ? duplicateIssue(document, at, lines, file)
      : syntaxIssue(inWords(code, message, text.slice(at)), at, lines, file),
  );
  if (issues.length > 0) return { file, text, document, value: undefined, lines, issues, sections: null };
  const told = ({ message, at }: WrongAlias): ConfigIssue => syntaxIssue(message, at, lines, file);
  const endless = endlessAliases(document);
  if (endless.length > 0)
    return { file, text, document, value: undefined, lines, issues: endless.map(told), sections: null };
  try {
    return { file, text, document, value: dataOf(document), lines, issues, sections: null };
  } catch (error) {
    const dangling = danglingAliases(document);
    // Or it is made of aliases that would unfold without end.
    const found = dangling.length > 0 ? dangling.map(told) : [syntaxIssue(messageOf(error), 0, lines, file)];
    return { file, text, document, value: undefined, lines, issues: found, sections: null };
  }
}

/** How often what has an anchor may stand elsewhere, with all that is in it: a guard against documents that unfold without end. */
const MOST_ALIASES = 10_000;

/** What a document says, as plain data. Throws when an alias leads nowhere. */
export function dataOf(document: Document): unknown {
  return document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {};
}

/** Mistakes after which the parser still knows where it is. */
const LOCAL: ReadonlySet<string> = new Set([
  'DUPLICATE_KEY',
  'BAD_DQ_ESCAPE',
  'TAG_RESOLVE_FAILED',
  'KEY_OVER_1024_CHARS',
]);

/** Once the structure is broken, the parser says something of every word that follows: only the first is a mistake of a person. */
function realMistakes(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const broken = errors.findIndex(({ code }) => !LOCAL.has(code));
  return broken < 0 ? errors : errors.slice(0, broken + 1);
}

function inWords(code: string, message: string, found: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return 'too many lists and maps within each other';
  if (code === 'MULTIPLE_DOCS') return 'a config is one document; take the line --- and what follows it out';
  if (found.startsWith('//')) return 'a comment begins with #';
  if (message.startsWith('Nested mappings'))
    return 'this value has a key in it; a value with ": " in it needs quotes, and the keys of one map begin in the same column';
  if (!message.startsWith('Unexpected')) return message;
  const word = /^(\w+|.)/.exec(found)?.[0] ?? 'the end';
  return `unexpected ${word} here; a value that has brackets, braces, commas, # or ": " in it needs quotes`;
}

function duplicateIssue(document: Document, offset: number, lines: LineCounter, file?: string): ConfigIssue {
  const found = keyAt(document.contents as Node | null, offset, []);
  const first = found && lines.linePos(found.first);
  const where = first ? `, in line ${first.line} already` : '';
  const message = `this key is given twice${where}; take one of the two out`;
  return { ...syntaxIssue(message, offset, lines, file), path: found ? formatPath(found.path) : '' };
}

/** The way to the key that stands at `offset`, and where the same key stands before it. */
function keyAt(node: Node | null, offset: number, path: Path): { path: Path; first: number } | null {
  if (isSeq(node)) return firstFound(node.items, (item, index) => keyAt(item as Node, offset, [...path, index]));
  if (!isMap(node)) return null;
  return firstFound(node.items, ({ key, value }) => {
    if (!isScalar(key)) return null;
    const here = [...path, String(key.value)];
    if (key.range?.[0] !== offset) return keyAt(value as Node | null, offset, here);
    const same = node.items.find((pair) => isScalar(pair.key) && pair.key.value === key.value);
    return { path: here, first: (same?.key as Node | undefined)?.range?.[0] ?? offset };
  });
}

function firstFound<T, R>(items: readonly T[], find: (item: T, index: number) => R | null): R | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}

function syntaxIssue(message: string, offset: number, lines: LineCounter, file?: string): ConfigIssue {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col), path: '', message: oneLine(message) };
}

function oneLine(message: string): string {
  return message.replace(/\s*\n\s*/g, ' ').replace(/:$/, '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * `place: 'key'` points at the name of the last part of the path instead of its value; `within` (UTF-16 units) at a character of the
 * text that the value is.
 */
export function positionOf(
  source: ConfigSource,
  path: Path,
  place: 'value' | 'key' = 'value',
  within?: number,
): Position {
  const offset =
    (within === undefined ? null : offsetWithin(source, path, within)) ?? offsetOf(source.document, path, place);
  const { line, col } = source.lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** An issue at `path`; where the path does not exist, at the nearest part of it that does. */
export function issueAt(
  source: ConfigSource,
  path: Path,
  message: string,
  place?: 'value' | 'key',
  within?: number,
): ConfigIssue {
  return { file: source.file, ...positionOf(source, path, place, within), path: formatPath(path), message };
}

function offsetWithin({ document, text }: ConfigSource, path: Path, within: number): number | null {
  const node = document.getIn(path, true);
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return null;
  const [from, to] = node.range;
  const offset = offsetInScalar(text.slice(from, to), node.value, within);
  return offset === null ? null : from + offset;
}

function offsetOf(document: Document, path: Path, place: 'value' | 'key'): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, key] of path.entries()) {
    const child = childOf(resolve(document, node), key);
    if (!child) return offset;
    const last = depth === path.length - 1;
    const at = last && place === 'key' ? (child.key ?? child.value) : (child.value ?? child.key);
    offset = at?.range?.[0] ?? offset;
    node = child.value;
  }
  return offset;
}

function resolve(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

interface Child {
  key: Node | null;
  value: Node | null;
}

function childOf(node: Node | null, key: string | number): Child | null {
  if (!isCollection(node)) return null;
  if (!isMap(node)) {
    const item = node.items[Number(key)];
    return item ? { key: null, value: item as Node } : null;
  }
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key));
  return pair ? { key: pair.key as Node, value: pair.value as Node | null } : null;
}
