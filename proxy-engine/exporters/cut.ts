/** A part of documents as it is written in them: comments, `${NAME}` and what is left out as a default stay as they are. */
import { type Document, isAlias, isCollection, isMap, isSeq, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { Selected } from './select.ts';

const LISTS = ['routes', 'rules'] as const;
const MAPS = ['pools', 'groups'] as const;

/** `documents`: the config's own, then what it includes, in order; all of them have been read as a config. */
export function cutText(documents: readonly string[], { config, indexes }: Selected): string {
  const [main, ...included] = documents.map(readUnfolded);
  if (!main) return '';
  if (main.contents === null) main.contents = main.createNode({}) as never;
  for (const kind of LISTS) cutList(kind, [main, ...included], new Set(indexes[kind]));
  for (const kind of MAPS) cutMap(kind, [main, ...included], new Set(Object.keys(config[kind])));
  main.delete('include');
  return main.toString({ lineWidth: 0 });
}

/** What an alias stands for may be in a part that is not taken: it is written out in its place. */
function readUnfolded(text: string): Document {
  const document = parseDocument(text, { merge: true });
  const unfold = (node: Node): Node => {
    if (!isAlias(node)) return node;
    const copy = node.resolve(document)?.clone() as Node | undefined;
    if (copy === undefined) return node;
    visit(copy, { Alias: (_, inner) => unfold(inner) });
    return copy;
  };
  visit(document, { Alias: (_, node) => unfold(node) });
  visit(document, {
    Value(_, node) {
      delete node.anchor;
    },
  });
  return document;
}

/** Of all documents together, in order, those at `kept`. */
function cutList(kind: 'routes' | 'rules', documents: readonly Document[], kept: ReadonlySet<number>): void {
  const entries = documents.flatMap((document, from) => {
    const list = document.get(kind, true);
    return isSeq(list) ? list.items.map((item) => ({ item, from })) : [];
  });
  const taken = entries.filter((_, index) => kept.has(index));
  const home = homeOf(kind, documents, taken, []);
  if (isSeq(home))
    fill(
      home,
      taken.map(({ item }) => item),
    );
}

/** Of a name that several have, the first. */
function cutMap(kind: 'pools' | 'groups', documents: readonly Document[], kept: ReadonlySet<string>): void {
  const taken = new Map<string, { pair: Pair; from: number }>();
  for (const [from, document] of documents.entries()) {
    const map = document.get(kind, true);
    for (const pair of isMap(map) ? map.items : []) {
      const name = String(pair.key);
      if (kept.has(name) && !taken.has(name)) taken.set(name, { pair, from });
    }
  }
  const home = homeOf(kind, documents, [...taken.values()], {});
  if (isMap(home))
    fill(
      home,
      [...taken.values()].map(({ pair }) => pair),
    );
}

/** Where they go in the first document; nothing taken: the key goes, too. What comes from elsewhere is written in lines of its own. */
function homeOf(kind: string, [main]: readonly Document[], taken: readonly { from: number }[], empty: object): unknown {
  if (taken.length === 0) main?.delete(kind);
  else if (!isCollection(main?.get(kind, true))) main?.set(kind, main.createNode(empty));
  const home = main?.get(kind, true);
  if (isCollection(home) && taken.some(({ from }) => from > 0)) home.flow = false;
  return home;
}

/** A comment above the first entry is the collection's own; it goes with that entry. */
function fill<T>(home: { items: T[]; commentBefore?: string | null }, items: T[]): void {
  if (home.items[0] !== items[0]) home.commentBefore = null;
  home.items = items;
}
