/** A part from elsewhere added to a document whose comments and order stay. */
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { plainLineEnds, withLineEnds } from '../../contract/line-ends.ts';
import { type ImportedPart, printPart } from '../../importers/import.ts';
import { jsonLike } from './edit.ts';
import { dataOf } from './source.ts';

/** The document with the part in it. Its names must be free. Throws when the text is not a YAML map. */
export function mergeText(text: string, part: ImportedPart): string {
  return withLineEnds(text, mergePlain(plainLineEnds(text), part));
}

function mergePlain(text: string, part: ImportedPart): string {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0) throw new Error(`the document is not YAML: ${document.errors[0]?.message}`);
  if (document.contents === null) return printPart(part);
  if (!isMap(document.contents)) throw new Error('the document is no map of keys and values');
  for (const kind of ['listeners', 'pools'] as const)
    for (const [name, value] of Object.entries(part[kind])) document.setIn([kind, name], document.createNode(value));
  for (const [name, value] of Object.entries(part.groups))
    if (!document.hasIn(['groups', name])) document.setIn(['groups', name], document.createNode(value));
  const first = boundRoutes(part);
  const rest = part.routes.filter((route) => !first.includes(route));
  insert(document, 'routes', rest, endOfRoutes(document));
  insert(document, 'routes', first, 0);
  insert(document, 'rules', part.rules, Number.POSITIVE_INFINITY);
  const options = { lineWidth: 0 };
  return isJson(text) ? jsonLike(text, dataOf(document)) : document.toString(options);
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

function insert(document: Document, kind: 'routes' | 'rules', entries: readonly object[], at: number): void {
  if (entries.length === 0) return;
  const list = document.get(kind, true);
  if (!isSeq(list) || list.items.length === 0) {
    document.set(kind, document.createNode(entries));
    return;
  }
  list.flow = false;
  list.items.splice(at, 0, ...entries.map((entry) => document.createNode(entry)));
}

/** Those of listeners that come along take nothing from the routes that are there, and nothing may be taken from them: some turn requests away. */
function boundRoutes({ routes, listeners }: ImportedPart): ImportedPart['routes'] {
  const isNew = (name: string) => name in listeners;
  const isMixed = routes.some((route) => route.listeners?.some(isNew) && !route.listeners.every(isNew));
  return isMixed ? [] : routes.filter((route) => route.listeners?.every(isNew) ?? false);
}

/** Before the routes at the end that hold for everything: after them none would ever be reached. */
function endOfRoutes(document: Document): number {
  const routes = (dataOf(document) as { routes?: { match?: string; listeners?: string[] }[] | null }).routes ?? [];
  const lastWithCondition = routes.findLastIndex((route) => route.match !== undefined || route.listeners !== undefined);
  return lastWithCondition + 1;
}
