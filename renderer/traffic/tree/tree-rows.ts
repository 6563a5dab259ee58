import type { ExchangeTree, TreeNode, TreeRest } from '../../../proxy-engine/contract/exchange-commands.ts';
import { printValue } from '../../../proxy-engine/contract/expression/print.ts';

/** A host, or a path of it without the slash at its end; `path` '' is the host itself. */
export interface TreePlace {
  host: string;
  path: string;
}

/** A visible line of the tree: a node, or how many of them are not shown. */
export type TreeRow =
  | (TreePlace & {
      kind: 'node';
      key: string;
      depth: number;
      name: string;
      count: number;
      hasMore: boolean;
      isOpen: boolean;
    })
  | { kind: 'rest'; key: string; depth: number; rest: TreeRest };

export function keyOf({ host, path }: TreePlace): string {
  return host + path;
}

/** The lines of a tree, children after their node. */
export function treeRows(tree: Pick<ExchangeTree, 'nodes' | 'rest'>): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (level: Pick<ExchangeTree, 'nodes' | 'rest'>, depth: number, parent: TreePlace | null): void => {
    for (const node of level.nodes) {
      const place = placeOf(node, parent);
      const isOpen = node.children !== undefined;
      const { count, hasMore } = node;
      rows.push({
        kind: 'node',
        key: keyOf(place),
        depth,
        ...place,
        name: nameOf(node, parent),
        count,
        hasMore,
        isOpen,
      });
      if (node.children) visit({ nodes: node.children, rest: node.rest }, depth + 1, place);
    }
    if (level.rest) rows.push({ kind: 'rest', key: `${parent ? keyOf(parent) : ''} rest`, depth, rest: level.rest });
  };
  visit(tree, 0, null);
  return rows;
}

function placeOf({ name }: TreeNode, parent: TreePlace | null): TreePlace {
  if (!parent) return { host: name, path: '' };
  // The target of a tunnel has no slash and nothing below it.
  const isTunnel = parent.path === '' && /^[^/]+:\d+$/.test(name);
  return { host: parent.host, path: isTunnel ? name : `${parent.path}/${name}` };
}

function nameOf({ name, hasMore }: TreeNode, parent: TreePlace | null): string {
  if (!parent) return name;
  return name === '' || hasMore ? `${name}/` : name;
}

/** Holds for what is counted at a place. */
export function placeExpression({ host, path }: TreePlace, hasMore: boolean): string {
  const ofHost = `host = ${printValue(host)}`;
  if (path === '') return ofHost;
  const here = `path = ${printValue(path)}`;
  return `${ofHost} and ${hasMore ? `(${here} or path ^= ${printValue(`${path}/`)})` : here}`;
}
