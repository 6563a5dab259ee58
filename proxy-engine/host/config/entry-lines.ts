/** The lines of a list's entries, moved and added to as text, so that nothing else in the document changes. */
import { isNode, stringify, type YAMLSeq } from 'yaml';
import type { Section } from './layout.ts';

export interface EntryLines {
  /** Where each entry begins, the comments above it included, and at last where the last one ends. */
  edges: readonly number[];
  /** Of the hyphens. */
  column: number;
}

/** null: the list is in brackets, empty, or has entries on one line. */
export function entryLines(text: string, list: YAMLSeq): EntryLines | null {
  const hyphens = list.items.map((item) =>
    isNode(item) && item.range ? text.lastIndexOf('-', item.range[0] - 1) : -1,
  );
  const ends = list.items.map((item) => (isNode(item) && item.range ? lineEnd(text, item.range) : -1));
  const starts = hyphens.map((hyphen) => text.lastIndexOf('\n', hyphen - 1) + 1);
  const [first] = hyphens;
  if (list.flow || first === undefined || hyphens.includes(-1)) return null;
  return { edges: [commentsAbove(text, starts[0] ?? 0), ...ends], column: first - (starts[0] ?? 0) };
}

/** The same, of a list whose lines tell where its entries stand. */
export function linesOfSection(text: string, { entries, body, column }: Section): EntryLines {
  const hyphen = /^ *-/m.exec(text.slice(body))?.index ?? 0;
  return {
    edges: [commentsAbove(text, body + hyphen), ...entries.map(({ from, to }) => lineEnd(text, [from, to]))],
    column,
  };
}

/** Where the comments right above a line begin. */
function commentsAbove(text: string, line: number): number {
  return line - (/(?:^[^\S\n]*#.*\n)+(?![^])/m.exec(text.slice(0, line))?.[0].length ?? 0);
}

function lineEnd(text: string, [start = 0, end = 0]: readonly number[]): number {
  const last = start + text.slice(start, end).trimEnd().length;
  const newline = text.indexOf('\n', last);
  return newline < 0 ? text.length : newline + 1;
}

export function moveLines(text: string, { edges }: EntryLines, from: number, to: number): string {
  const parts = edges.slice(0, -1).map((edge, i) => closed(text.slice(edge, edges[i + 1])));
  const [moved = ''] = parts.splice(from, 1);
  parts.splice(to, 0, moved);
  return text.slice(0, edges[0]) + parts.join('') + text.slice(edges.at(-1));
}

export function insertLines(text: string, { edges, column }: EntryLines, at: number, entry: unknown): string {
  const edge = edges[Math.min(at, edges.length - 1)] ?? text.length;
  const lines = stringify([entry], { lineWidth: 0 }).replaceAll(/^(?=.)/gm, ' '.repeat(column));
  return closed(text.slice(0, edge)) + lines + text.slice(edge);
}

function closed(lines: string): string {
  return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`;
}
