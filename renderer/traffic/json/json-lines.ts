import type { Sliced } from '../../ui/slices.ts';
import { type JsonTree, stringEnd } from './scan-json.ts';

/** Nodes between two places where the work may rest. */
const STRETCH = 2000;

/** Levels beyond it stand below each other. */
const DEEPEST_INDENT = 100;

/** A JSON text laid out, two spaces a level; its values and keys stay as they are written. */
export function* jsonLines({ text, nodes }: JsonTree): Sliced<string[]> {
  const lines: string[] = [];
  /** Objects and arrays that are open. */
  const open: number[] = [];
  const isLast = (node: number): boolean => {
    const parent = open.at(-1);
    return parent === undefined || (nodes.ordinals[node] as number) + 1 === nodes.children[parent];
  };
  const close = (): void => {
    const node = open.pop() as number;
    const indent = indentOf(nodes.depths[node] as number);
    lines.push(`${indent}${text.charAt(nodes.starts[node] as number) === '{' ? '}' : ']'}${isLast(node) ? '' : ','}`);
  };
  for (let node = 0; node < nodes.count; node++) {
    while (open.length > 0 && (nodes.nexts[open.at(-1) as number] as number) <= node) close();
    const start = nodes.starts[node] as number;
    const key = nodes.keys[node] as number;
    const before =
      indentOf(nodes.depths[node] as number) + (key < 0 ? '' : `${text.slice(key, stringEnd(text, key))}: `);
    if (nodes.children[node] === 0) {
      const value = text.slice(start, nodes.ends[node]);
      lines.push(`${before}${/^[[{]/.test(value) ? value.replace(/\s+/g, '') : value}${isLast(node) ? '' : ','}`);
    } else {
      lines.push(before + text.charAt(start));
      open.push(node);
    }
    if (node % STRETCH === 0) yield;
  }
  while (open.length > 0) close();
  return lines;
}

function indentOf(depth: number): string {
  return '  '.repeat(Math.min(depth, DEEPEST_INDENT));
}
