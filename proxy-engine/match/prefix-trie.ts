/** Entries by the beginnings of a text: those that stand at any beginning of it are found in one walk. */

interface Node<T> {
  next: Map<number, Node<T>>;
  /** Entries whose prefix ends here. */
  own: T[];
  parent: Node<T> | null;
  /** Own entries and those of all nodes above, in order; made at the first visit. */
  merged: readonly T[] | null;
}

export class PrefixTrie<T extends { readonly order: number }> {
  readonly #root: Node<T> = makeNode<T>(null);

  add(prefix: string, entry: T): void {
    let node = this.#root;
    for (let i = 0; i < prefix.length; i++) {
      const code = prefix.charCodeAt(i);
      let next = node.next.get(code);
      if (next === undefined) node.next.set(code, (next = makeNode(node)));
      node = next;
    }
    node.own.push(entry);
  }

  /** In their order; the same entries are the same list. It is shared: do not change it. */
  find(text: string): readonly T[] {
    let node = this.#root;
    let deepest = node;
    for (let i = 0; i < text.length; i++) {
      const next = node.next.get(text.charCodeAt(i));
      if (next === undefined) break;
      node = next;
      if (node.own.length > 0) deepest = node;
    }
    return (deepest.merged ??= merge(deepest));
  }
}

function makeNode<T>(parent: Node<T> | null): Node<T> {
  return { next: new Map(), own: [], parent, merged: null };
}

function merge<T extends { readonly order: number }>(node: Node<T>): readonly T[] {
  const entries = new Set<T>();
  for (let at: Node<T> | null = node; at !== null; at = at.parent) for (const entry of at.own) entries.add(entry);
  return [...entries].sort((a, b) => a.order - b.order);
}
