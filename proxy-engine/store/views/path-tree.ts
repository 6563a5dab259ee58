/** Exchanges counted by host and path, only as deep as somebody has opened. */
import type { ExchangeTree, TreeNode } from '../../contract/exchange-commands.ts';
import { wireText } from '../../contract/wire-text.ts';

/** More names than this at one level are counted together, whatever they are. */
const MAX_NAMES = 50_000;

/** A node that somebody has opened: a host, or a path of it without the slash at its end. */
export interface OpenNode {
  host: string;
  path: string;
}

interface Level {
  nodes: Map<string, Counted>;
  /** Exchanges under names that found no room. */
  rest: { names: number; count: number };
}

interface Counted {
  count: number;
  hasMore: boolean;
  /** null: it is closed. */
  below: Level | null;
}

export class PathTree {
  readonly #open: ReadonlySet<string>;
  readonly #hosts = newLevel();
  #total = 0;

  constructor(open: readonly OpenNode[]) {
    this.#open = new Set(open.map(({ host, path }) => host + path));
  }

  /** As they were sent; `wirePath`: without query. What does not begin with a slash (the target of a tunnel) is one name. */
  add(wireHost: string, wirePath: string, count: number): void {
    this.#total += count;
    const [host, path] = [wireText(wireHost), wireText(wirePath)];
    let node = this.#count(this.#hosts, host, host, count);
    if (node) node.hasMore = true;
    for (let at = 0; node?.below; ) {
      const isRooted = path.startsWith('/');
      const next = isRooted ? path.indexOf('/', at + 1) : -1;
      const end = next < 0 ? path.length : next;
      node = this.#count(node.below, path.slice(isRooted ? at + 1 : 0, end), host + path.slice(0, end), count);
      if (next < 0) return;
      if (node) node.hasMore = true;
      at = next;
    }
  }

  #count(level: Level, name: string, key: string, count: number): Counted | null {
    let node = level.nodes.get(name);
    if (!node) {
      if (level.nodes.size >= MAX_NAMES) {
        level.rest.names++;
        level.rest.count += count;
        return null;
      }
      node = { count: 0, hasMore: false, below: this.#open.has(key) ? newLevel() : null };
      level.nodes.set(name, node);
    }
    node.count += count;
    return node;
  }

  /** At every level the `limit` nodes with the most exchanges, by name. */
  result(limit: number): ExchangeTree {
    return { total: this.#total, ...cut(this.#hosts, limit) };
  }
}

function newLevel(): Level {
  return { nodes: new Map(), rest: { names: 0, count: 0 } };
}

function cut({ nodes, rest }: Level, limit: number): Pick<ExchangeTree, 'nodes' | 'rest'> {
  const byCount = [...nodes].sort(([, a], [, b]) => b.count - a.count);
  const dropped = byCount.slice(limit);
  const names = rest.names + dropped.length;
  const count = dropped.reduce((sum, [, node]) => sum + node.count, rest.count);
  const kept = byCount.slice(0, limit).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = kept.map(([name, { count: inIt, hasMore, below }]): TreeNode => {
    const children = below && hasMore ? cut(below, limit) : null;
    return { name, count: inIt, hasMore, ...(children && { children: children.nodes, rest: children.rest }) };
  });
  return { nodes: shown, ...(names > 0 && { rest: { names, count } }) };
}
