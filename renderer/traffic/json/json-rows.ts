import { type JsonTree, stringEnd } from './scan-json.ts';

/** One visible line of a JSON tree. Values are slices of the text: big integers keep all their digits. */
export interface JsonRow {
  depth: number;
  key?: string;
  kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** The value as it stands in the text; empty for objects and arrays. */
  text: string;
  children: number;
  open: boolean;
}

/** Nodes down to this depth start open. */
const OPEN_DEPTH = 2;
/** A longer value is shown as far as this. */
const LONGEST_VALUE = 10_000;

function isOpen({ nodes }: JsonTree, node: number, toggled: ReadonlySet<number>): boolean {
  if (nodes.children[node] === 0) return false;
  return (nodes.depths[node] as number) < OPEN_DEPTH !== toggled.has(node);
}

/** Numbers of the nodes to show, closed ones without their children. `toggled`: those that are not as they start. */
export function visibleNodes(tree: JsonTree, toggled: ReadonlySet<number>): Int32Array {
  const { count, nexts } = tree.nodes;
  const visible = new Int32Array(count);
  let length = 0;
  for (let node = 0; node < count; ) {
    visible[length++] = node;
    node = isOpen(tree, node, toggled) ? node + 1 : (nexts[node] as number);
  }
  return visible.subarray(0, length);
}

export function jsonRow(tree: JsonTree, node: number, toggled: ReadonlySet<number>): JsonRow {
  const { text, nodes } = tree;
  const start = nodes.starts[node] as number;
  const kind = kindAt(text, start);
  const isLeaf = kind !== 'object' && kind !== 'array';
  const end = Math.min(nodes.ends[node] as number, start + LONGEST_VALUE);
  return {
    depth: nodes.depths[node] as number,
    key: keyOf(tree, node),
    kind,
    text: isLeaf ? text.slice(start, end) : '',
    children: nodes.children[node] as number,
    open: isOpen(tree, node, toggled),
  };
}

/** The name of a member, the place of an element; undefined for the root. */
function keyOf({ text, nodes }: JsonTree, node: number): string | undefined {
  if (nodes.depths[node] === 0) return undefined;
  const key = nodes.keys[node] as number;
  if (key < 0) return String(nodes.ordinals[node]);
  const written = text.slice(key, Math.min(stringEnd(text, key), key + LONGEST_VALUE));
  try {
    return String(JSON.parse(written));
  } catch {
    return written;
  }
}

const KINDS: Record<string, JsonRow['kind']> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  n: 'null',
  t: 'boolean',
  f: 'boolean',
};

function kindAt(text: string, start: number): JsonRow['kind'] {
  return KINDS[text.charAt(start)] ?? 'number';
}
