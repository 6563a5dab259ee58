/** Changes in a document that leave everything else as it was: comments, order, spelling. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isCollection, type Node } from 'yaml';
import { formatPath, type Path } from './path.ts';
import { type ConfigSource, parseSource } from './source.ts';
import { inFormOf, printed, spliceAround, spliceEntry, splicePlain } from './splice.ts';

export interface Edit {
  path: Path;
  /** `null` removes. */
  value: unknown;
}

/** The edited text. Throws when a path leads through something that is not a list or map. */
export function editText(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editSource, parseSource(text)).text;
}

/** The edited document. Throws when a path leads through something that is not a list or map. */
export function editSource(source: ConfigSource, edit: Edit): ConfigSource {
  return isJson(source.text) ? editJson(source, edit) : editYaml(source, edit);
}

export function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function editJson(source: ConfigSource, edit: Edit): ConfigSource {
  const { text, file } = source;
  const indent = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? 2;
  const json = JSON.stringify(editedDocument(source, edit).toJS(), null, indent);
  return parseSource(json + (text.endsWith('\n') ? '\n' : ''), file);
}

/** Changes are cut into the text; where that fails the document is written anew, which keeps comments but not every blank. */
function editYaml(source: ConfigSource, edit: Edit): ConfigSource {
  const { text, document, file } = source;
  const whole = editedDocument(source, edit);
  const plain = splicePlain(text, document, edit);
  const changed = plain === null ? null : saying(plain, whole, file);
  if (changed) return changed;
  const marks = marksOf(printed(text, whole));
  for (const candidates of [spliceEntry(text, document, edit), spliceAround(text, document, edit, whole)])
    for (const candidate of candidates) {
      if (marksOf(candidate) !== marks) continue;
      const spliced = saying(candidate, whole, file);
      if (spliced) return spliced;
    }
  return parseSource(inFormOf(text, whole), file);
}

/** `text`, read; null when it does not say what is wanted. */
export function saying(text: string, wanted: Document, file: string | undefined): ConfigSource | null {
  const source = parseSource(text, file);
  return source.issues.length === 0 && isDeepStrictEqual(source.value, wanted.toJS() ?? {}) ? source : null;
}

/** Comments are no part of what a document says: none may be lost, and none be there twice. */
function marksOf(text: string): number {
  return text.split('#').length;
}

function editedDocument({ document: before }: ConfigSource, { path, value }: Edit): Document {
  if (before.errors.length > 0) throw new Error(`the document is not YAML: ${before.errors[0]?.message}`);
  const document = before.clone();
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
