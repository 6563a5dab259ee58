/** Changes in a document that leave everything else as it was: comments, order, spelling. */
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { formatPath, type Path } from './path.ts';

export interface Edit {
  path: Path;
  /** `null` removes. */
  value: unknown;
}

/** The edited text. Throws when a path leads through something that is not a list or map. */
export function editText(text: string, edits: readonly Edit[]): string {
  return edits.reduce(isJson(text) ? editJson : editYaml, text);
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function editJson(text: string, edit: Edit): string {
  const document = editedDocument(text, edit);
  const indent = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? 2;
  return JSON.stringify(document.toJS(), null, indent) + (text.endsWith('\n') ? '\n' : '');
}

/** Small changes are cut into the text; what is left writes the document anew, which keeps comments but not every blank. */
function editYaml(text: string, edit: Edit): string {
  const whole = editedDocument(text, edit);
  const spliced = splice(text, edit);
  if (spliced !== null && says(spliced, whole)) return spliced;
  return whole.toString({ lineWidth: 0, indentSeq: indentsLists(text) });
}

function says(text: string, wanted: Document): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), wanted.toJS());
}

function editedDocument(text: string, { path, value }: Edit): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`the document is not YAML: ${document.errors[0]?.message}`);
  try {
    if (value === null) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  } catch (error) {
    throw new Error(`cannot change ${formatPath(path)}: ${(error as Error).message}`, { cause: error });
  }
  return document;
}

function indentsLists(text: string): boolean {
  return !/^(\w[\w-]*):[^\S\n]*(#.*)?\n-[^\S\n]/m.test(text);
}

// ── cutting into the text ────────────────────────────────────────────────────────────────────────────────────────────

/** The text with one plain value replaced or added, or null when that is not what the edit does. */
function splice(text: string, { path, value }: Edit): string | null {
  if (typeof value === 'object') return null;
  const document = parseDocument(text);
  const key = path.at(-1);
  const parent = document.getIn(path.slice(0, -1), true);
  const existing = document.getIn(path, true);
  if (isScalar(existing) && existing.range)
    return replaceRange(text, existing.range[0], existing.range[1], scalarText(value, inFlow(text, parent)));
  if (existing !== undefined || !isMap(parent) || typeof key !== 'string') return null;
  const line = `${scalarText(key, true)}: ${scalarText(value, true)}`;
  return parent.flow ? addToFlowMap(text, parent, line) : addToBlockMap(text, parent, line);
}

function inFlow(text: string, parent: unknown): boolean {
  return isCollection(parent) && (parent.flow ?? text[parent.range?.[0] ?? -1] === '{');
}

function replaceRange(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

/** Quoted where a plain word would end a flow map or be read as something else. */
function scalarText(value: unknown, flow: boolean): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  const risky =
    plain.includes('\n') || (flow && typeof value === 'string' && /[,[\]{}]/.test(value) && !/^['"]/.test(plain));
  return risky ? JSON.stringify(value) : plain;
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
