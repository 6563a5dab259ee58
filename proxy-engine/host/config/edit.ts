/** Changes in a document that leave everything else as it was: comments, order, spelling. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isAlias, isCollection, isNode, isScalar, isSeq, type Node } from 'yaml';
import { plainLineEnds, withLineEnds } from '../../contract/line-ends.ts';
import { editEntry } from './edit-entry.ts';
import { inOwnParts } from './own-parts.ts';
import { formatPath, type Path } from './path.ts';
import { type ConfigSource, dataOf, parseSource } from './source.ts';
import { inFormOf, printed, spliceAround, spliceEntry, splicePlain } from './splice.ts';

export interface Edit {
  path: Path;
  /** `null` removes. */
  value: unknown;
  /** The path as people are told; default: the same. */
  told?: Path;
  /** The text whose form new lists have; default: that of the document. */
  like?: string;
}

/** The edited text. Throws when a path leads through something that is not a list or map. */
export function editText(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editSource, parseSource(text)).text;
}

/** The edited document. Throws when a path leads through something that is not a list or map. */
export function editSource(source: ConfigSource, edit: Edit): ConfigSource {
  return editEntry(source, edit, editWhole) ?? editWhole(source, edit);
}

function editWhole(source: ConfigSource, edit: Edit): ConfigSource {
  const own = { ...edit, ...inOwnParts(source, edit) };
  return isJson(source.text) ? editJson(source, own) : editYaml(source, own);
}

/** Texts become others all at once, as many of them cost no more than one. What stands elsewhere (`*`) becomes it there. */
export function editTexts(source: ConfigSource, edits: readonly { path: Path; value: string }[]): ConfigSource {
  const { document } = source;
  const own = edits.flatMap((edit) => {
    const node = document.getIn(edit.path, true);
    return isScalar(node) ? [{ ...edit, at: node.range?.[0] ?? 0 }] : [];
  });
  const whole = document.clone();
  for (const { path, value } of own) whole.setIn(path, value);
  const says = dataOf(whole);
  if (isJson(source.text)) return parseSource(jsonLike(source.text, says), source.file);
  // From the end: what stands before is still where it was.
  const text = own
    .toSorted((a, b) => b.at - a.at)
    .reduce<string | null>((rest, edit) => rest && splicePlain(rest, document, edit), source.text);
  return (text && saying(text, says, source.file)) || own.reduce(editSource, source);
}

/** `change` sees lines that end as ours do; those that it leaves keep their ends. */
export function inPlainLines(source: ConfigSource, change: (plain: ConfigSource) => ConfigSource): ConfigSource {
  const { text, file } = source;
  const plain = plainLineEnds(text);
  if (plain === text) return change(source);
  return parseSource(withLineEnds(text, change(parseSource(plain, file)).text), file);
}

export function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function editJson(source: ConfigSource, edit: Edit): ConfigSource {
  return parseSource(jsonLike(source.text, editedDocument(source, edit).says), source.file);
}

/** Indented and ended as `text` is. */
export function jsonLike(text: string, value: unknown): string {
  const indent = /^\{\n([ \t]+)/.exec(text)?.[1] ?? 2;
  return JSON.stringify(value, null, indent) + (text.endsWith('\n') ? '\n' : '');
}

function editYaml(source: ConfigSource, edit: Edit): ConfigSource {
  return cutIn(source, edit, editedDocument(source, edit));
}

/** A document as it becomes, and what it says then. */
export interface EditedDocument {
  whole: Document;
  says: unknown;
}

/** Changes are cut into the text; where that fails the document is written anew, which keeps comments but not every blank. */
export function cutIn(
  { text, document, file }: ConfigSource,
  edit: Edit,
  { whole, says }: EditedDocument,
): ConfigSource {
  const plain = splicePlain(text, document, edit);
  const changed = plain === null ? null : saying(plain, says, file);
  if (changed) return changed;
  const { like = text } = edit;
  const marks = marksOf(printed(like, whole));
  for (const candidates of [spliceEntry(text, document, edit), spliceAround(text, document, edit, whole)])
    for (const candidate of candidates) {
      if (marksOf(candidate) !== marks) continue;
      const spliced = saying(candidate, says, file);
      if (spliced) return spliced;
    }
  return parseSource(inFormOf(like, whole), file);
}

/** `text`, read; null when it does not say what is wanted. */
export function saying(
  text: string,
  wanted: unknown,
  file: string | undefined,
  before?: ConfigSource,
): ConfigSource | null {
  const source = parseSource(text, file, before);
  return source.issues.length === 0 && isDeepStrictEqual(source.value, wanted) ? source : null;
}

/** Comments are no part of what a document says: none may be lost, and none be there twice. */
function marksOf(text: string): number {
  return text.split('#').length;
}

function editedDocument({ document: before }: ConfigSource, { path, value, told = path }: Edit): EditedDocument {
  if (before.errors.length > 0) throw new Error(`the document is not YAML: ${before.errors[0]?.message}`);
  const whole = before.clone();
  // `---` alone, or `null`: as good as nothing.
  if (isScalar(whole.contents) && whole.contents.value === null) {
    whole.comment = whole.contents.comment ?? whole.comment;
    whole.contents = null;
  }
  try {
    if (value === null) whole.deleteIn(path);
    else {
      const node = whole.createNode(value, { aliasDuplicateObjects: false });
      const around = path.map((_, depth) => whole.getIn(path.slice(0, depth), true)).findLast(isCollection);
      if (around?.items.length === 0) around.flow = false;
      whole.setIn(path, nodeLike(whole.getIn(path, true), node, whole));
    }
  } catch (error) {
    throw new Error(`cannot change ${formatPath(told)}: ${(error as Error).message}`, { cause: error });
  }
  return { whole, says: dataWithout(whole, told) };
}

/** What the changed document says. Throws when something at the path, where it was, is taken elsewhere by its anchor. */
export function dataWithout(changed: Document, path: Path): unknown {
  try {
    return dataOf(changed);
  } catch (error) {
    const message = `${formatPath(path)} has an anchor (&) that others take; write out there (*) what they take from it first`;
    throw new Error(message, { cause: error });
  }
}

/** In braces and brackets, and with the comments and the anchor, where what it replaces was. */
function nodeLike(before: unknown, node: Node, document: Document): Node {
  if (!isNode(before) || isAlias(before) || isAlias(node)) return node;
  if (before.anchor !== undefined) node.anchor = before.anchor;
  node.comment = before.comment ?? null;
  node.commentBefore = before.commentBefore ?? null;
  if (!isCollection(before) || !isCollection(node)) return node;
  if (isSeq(before) && isSeq(node)) node.items = withKept(before.items, node.items, document);
  // `[]` says nothing of how entries are to be written.
  if (before.flow && before.items.length > 0) node.flow = true;
  return node;
}

/** What was in a list already goes with its comments and its form to its new place. */
function withKept(before: readonly unknown[], items: readonly unknown[], document: Document): unknown[] {
  const left = before.filter(isNode).map((node) => ({ node, says: node.toJS(document) as unknown }));
  return items.map((item) => {
    const says: unknown = isNode(item) ? item.toJS(document) : undefined;
    const at = left.findIndex((one) => isDeepStrictEqual(one.says, says));
    return at < 0 ? item : left.splice(at, 1)[0]?.node;
  });
}
