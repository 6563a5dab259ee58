/** Changes in a document that leave everything else as it was: comments, order, spelling. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isCollection, type Node, parseDocument } from 'yaml';
import { formatPath, type Path } from './path.ts';
import { inFormOf, spliceAround, spliceEntry, splicePlain } from './splice.ts';

export interface Edit {
  path: Path;
  /** `null` removes. */
  value: unknown;
}

/** The edited text. Throws when a path leads through something that is not a list or map. */
export function editText(text: string, edits: readonly Edit[]): string {
  return edits.reduce(isJson(text) ? editJson : editYaml, text);
}

export function isJson(text: string): boolean {
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

/** Changes are cut into the text; where that fails the document is written anew, which keeps comments but not every blank. */
function editYaml(text: string, edit: Edit): string {
  const whole = editedDocument(text, edit);
  const plain = splicePlain(text, edit);
  if (plain !== null && says(plain, whole)) return plain;
  const anew = inFormOf(text, whole);
  for (const candidates of [spliceEntry(text, edit), spliceAround(text, edit, whole)])
    for (const spliced of candidates) if (says(spliced, whole) && marksOf(spliced) === marksOf(anew)) return spliced;
  return anew;
}

function says(text: string, wanted: Document): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), wanted.toJS());
}

/** Comments are no part of what a document says: none may be lost, and none be there twice. */
function marksOf(text: string): number {
  return text.split('#').length;
}

function editedDocument(text: string, { path, value }: Edit): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`the document is not YAML: ${document.errors[0]?.message}`);
  try {
    if (value === null) document.deleteIn(path);
    else document.setIn(path, nodeLike(document.getIn(path, true), document.createNode(value)));
  } catch (error) {
    throw new Error(`cannot change ${formatPath(path)}: ${(error as Error).message}`, { cause: error });
  }
  return document;
}

/** In braces and brackets, and with the comments, where what it replaces was. */
function nodeLike(before: unknown, node: Node): Node {
  if (!isCollection(before) || !isCollection(node)) return node;
  if (before.flow) node.flow = true;
  node.comment = before.comment ?? null;
  node.commentBefore = before.commentBefore ?? null;
  return node;
}
