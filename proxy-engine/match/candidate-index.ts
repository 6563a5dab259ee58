/**
 * An ordered list in which each entry may be bound to hosts, path prefixes and values of a header, and finds the entries that
 * a request can still match: by host in a map, by path in a trie, by header in a map. Ten entries and ten thousand cost the same.
 */
import type { Candidate } from './guard.ts';
import { HeaderLayer, type HeaderOf } from './header-layer.ts';

export class CandidateIndex<T extends Candidate> {
  readonly #all: readonly T[];
  readonly #hosts: ReadonlySet<string>;
  /** Made when a host is first asked for; only hosts that are named somewhere get one. */
  readonly #byHost = new Map<string, PathTrie<T>>();
  readonly #otherHosts: PathTrie<T>;

  constructor(entries: readonly T[]) {
    this.#all = entries;
    this.#hosts = new Set(entries.flatMap(({ guard }) => guard.hosts ?? []));
    this.#otherHosts = new PathTrie(entries.filter(({ guard }) => guard.hosts === null));
  }

  /** Entries whose guard lets this request through, in their order. The list is shared: do not change it. */
  find(subject: { host: string; path: string; requestHeader: HeaderOf }): readonly T[] {
    return this.#trieOf(subject.host).find(subject.path).find(subject);
  }

  /** The same by host and path alone. */
  findByPlace(host: string, path: string): readonly T[] {
    return this.#trieOf(host).find(path).all;
  }

  #trieOf(host: string): PathTrie<T> {
    const known = this.#byHost.get(host);
    if (known) return known;
    if (!this.#hosts.has(host)) return this.#otherHosts;
    const trie = new PathTrie(this.#all.filter(({ guard }) => guard.hosts?.includes(host) ?? true));
    this.#byHost.set(host, trie);
    return trie;
  }
}

interface Node<T extends Candidate> {
  next: Map<number, Node<T>>;
  /** Entries whose prefix ends here. */
  own: T[];
  parent: Node<T> | null;
  /** Own entries and those of all nodes above, in order; made at the first visit. */
  merged: HeaderLayer<T> | null;
}

class PathTrie<T extends Candidate> {
  readonly #root: Node<T> = makeNode<T>(null);

  constructor(entries: readonly T[]) {
    for (const entry of entries) for (const prefix of entry.guard.pathPrefixes ?? ['']) this.#add(prefix, entry);
  }

  find(path: string): HeaderLayer<T> {
    let node = this.#root;
    let deepest = node;
    for (let i = 0; i < path.length; i++) {
      const next = node.next.get(path.charCodeAt(i));
      if (next === undefined) break;
      node = next;
      if (node.own.length > 0) deepest = node;
    }
    return (deepest.merged ??= new HeaderLayer(merge(deepest)));
  }

  #add(prefix: string, entry: T): void {
    let node = this.#root;
    for (let i = 0; i < prefix.length; i++) {
      const code = prefix.charCodeAt(i);
      let next = node.next.get(code);
      if (next === undefined) node.next.set(code, (next = makeNode(node)));
      node = next;
    }
    node.own.push(entry);
  }
}

function makeNode<T extends Candidate>(parent: Node<T> | null): Node<T> {
  return { next: new Map(), own: [], parent, merged: null };
}

function merge<T extends Candidate>(node: Node<T>): readonly T[] {
  const entries = new Set<T>();
  for (let at: Node<T> | null = node; at !== null; at = at.parent) for (const entry of at.own) entries.add(entry);
  return [...entries].sort((a, b) => a.order - b.order);
}
