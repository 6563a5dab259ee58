import { type Node, parseTree } from 'jsonc-parser';

/** One visible line of a JSON tree. Values are slices of the text: big integers keep all their digits. */
export interface JsonRow {
  /** Identity of the node: its offset in the text. */
  offset: number;
  depth: number;
  key?: string;
  kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** The value as it stands in the text; empty for objects and arrays. */
  text: string;
  children: number;
  open: boolean;
}

/** The tree of a JSON text, or null when it is not valid JSON. */
export function parseJson(text: string): Node | null {
  const errors: { error: number; offset: number; length: number }[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  return root && errors.length === 0 ? root : null;
}

/** Nodes down to this depth start open, as long as the text is small. */
const OPEN_DEPTH = 2;

export function isOpen(node: { offset: number }, depth: number, toggled: ReadonlySet<number>): boolean {
  return toggled.has(node.offset) ? depth >= OPEN_DEPTH : depth < OPEN_DEPTH;
}

/** The lines to show, closed nodes without their children. `toggled` holds offsets of nodes that are not as they start. */
export function jsonRows(root: Node, text: string, toggled: ReadonlySet<number>): JsonRow[] {
  const rows: JsonRow[] = [];
  const visit = (node: Node, depth: number, key?: string): void => {
    const children = node.children ?? [];
    const open = children.length > 0 && isOpen(node, depth, toggled);
    rows.push(rowOf(node, text, depth, key, children.length, open));
    if (!open) return;
    children.forEach((child, index) => {
      const [name, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
      if (value) visit(value, depth + 1, name ? String(name.value) : String(index));
    });
  };
  visit(root, 0);
  return rows;
}

function rowOf(
  node: Node,
  text: string,
  depth: number,
  key: string | undefined,
  children: number,
  open: boolean,
): JsonRow {
  const kind = node.type === 'property' ? 'null' : node.type;
  const leaf = kind !== 'object' && kind !== 'array';
  return {
    offset: node.offset,
    depth,
    key,
    kind,
    text: leaf ? text.slice(node.offset, node.offset + node.length) : '',
    children,
    open,
  };
}
