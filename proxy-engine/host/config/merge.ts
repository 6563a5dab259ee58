/** A part from elsewhere added to a document whose comments, order and blanks stay. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq } from 'yaml';
import { plainLineEnds, withLineEnds } from '../../contract/line-ends.ts';
import { type ImportedPart, printPart } from '../../importers/import.ts';
import { cutIn, isJson, jsonLike } from './edit.ts';
import { type ConfigSource, dataOf, parseSource } from './source.ts';

/** The document with the part in it. Its names must be free. Throws when the text is not a YAML map. */
export function mergeText(text: string, part: ImportedPart): string {
  return withLineEnds(text, mergePlain(plainLineEnds(text), part));
}

function mergePlain(text: string, part: ImportedPart): string {
  const source = parseSource(text);
  const { document } = source;
  if (document.errors.length > 0) throw new Error(`the document is not YAML: ${document.errors[0]?.message}`);
  if (saysNothing(document.contents))
    return text.trim() === '' ? printPart(part) : text.replace(/\n?$/, '\n') + printPart(part);
  if (!isMap(document.contents)) throw new Error('the document is no map of keys and values');
  return KINDS.reduce((before, kind) => withKind(before, kind, part), source).text;
}

/** Comments, or the line `---` alone. */
function saysNothing(contents: unknown): boolean {
  return contents === null || (isScalar(contents) && contents.source === '');
}

const KINDS = ['listeners', 'pools', 'groups', 'routes', 'rules'] as const;
type Kind = (typeof KINDS)[number];

/** What stands under other keys stays as it is, down to the last blank. */
function withKind(source: ConfigSource, kind: Kind, part: ImportedPart): ConfigSource {
  const whole = source.document.clone();
  addKind(whole, kind, part);
  const says = dataOf(whole) as Record<Kind, unknown>;
  if (isDeepStrictEqual(says, source.value)) return source;
  if (isJson(source.text)) return parseSource(jsonLike(source.text, says));
  return cutIn(source, { path: [kind], value: says[kind] }, { whole, says });
}

function addKind(document: Document, kind: Kind, part: ImportedPart): void {
  if (kind === 'rules') return insert(document, kind, part.rules, Number.POSITIVE_INFINITY);
  if (kind !== 'routes') {
    for (const [name, value] of Object.entries(part[kind]))
      if (kind !== 'groups' || !document.hasIn([kind, name])) document.setIn([kind, name], document.createNode(value));
    return;
  }
  const first = boundRoutes(part);
  const rest = part.routes.filter((route) => !first.includes(route));
  insert(document, kind, rest, endOfRoutes(document));
  insert(document, kind, first, 0);
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
