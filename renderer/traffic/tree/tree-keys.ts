import type { TreeRow } from './tree-rows.ts';

export type TreeMove = { kind: 'go'; index: number } | { kind: 'toggle' };

/** What an arrow does in a tree (WAI-ARIA, tree view pattern), J and K as in the list; null: it is not one of its keys, or there is nowhere to go. */
export function moveInTree(key: string, rows: readonly TreeRow[], active: number): TreeMove | null {
  const row = rows[active];
  switch (key) {
    case 'j':
    case 'J':
    case 'ArrowDown':
      return go(rows, active + 1);
    case 'k':
    case 'K':
    case 'ArrowUp':
      return go(rows, active < 0 ? 0 : active - 1);
    case 'Home':
      return go(rows, 0);
    case 'End':
      return go(rows, rows.length - 1);
    case 'ArrowRight':
      if (row?.kind !== 'node' || !row.hasMore) return null;
      return row.isOpen ? go(rows, active + 1) : { kind: 'toggle' };
    case 'ArrowLeft':
      if (row?.kind === 'node' && row.isOpen) return { kind: 'toggle' };
      return row ? go(rows, parentOf(rows, active)) : null;
    default:
      return null;
  }
}

function go(rows: readonly TreeRow[], index: number): TreeMove | null {
  return index >= 0 && index < rows.length ? { kind: 'go', index } : null;
}

function parentOf(rows: readonly TreeRow[], active: number): number {
  const depth = rows[active]?.depth ?? 0;
  return rows.findLastIndex((row, index) => index < active && row.depth < depth);
}
