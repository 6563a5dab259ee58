/** Where an entry goes: before another one of its document. */
import { type Entry, entryNamed } from './document.ts';

export interface Move {
  /** null: to the end. */
  before: string | null;
  /** Its place in its document then, from 0. */
  place: number;
}

/** One step up or down; a group that the entry is not in is one step. null: there is nowhere to go. */
export function stepMove(all: readonly Entry[], name: string, step: -1 | 1): Move | null {
  const siblings = siblingsOf(all, name);
  const from = siblings.findIndex((one) => one.name === name);
  let to = from + step;
  const group = siblings[to]?.raw.group;
  if (from < 0 || siblings[to] === undefined) return null;
  if (group !== undefined && group !== siblings[from]?.raw.group)
    while (siblings[to + step]?.raw.group === group) to += step;
  return { before: siblings[step < 0 ? to : to + 1]?.name ?? null, place: to };
}

/** To a place before or behind `target`; null: it is there already, or that stands in another document. */
export function dropMove(all: readonly Entry[], name: string, target: string, side: 'before' | 'after'): Move | null {
  const siblings = siblingsOf(all, name);
  const from = siblings.findIndex((one) => one.name === name);
  const at = siblings.findIndex((one) => one.name === target);
  const gap = side === 'after' ? at + 1 : at;
  if (from < 0 || at < 0 || gap === from || gap === from + 1) return null;
  return { before: siblings[gap]?.name ?? null, place: gap > from ? gap - 1 : gap };
}

function siblingsOf(all: readonly Entry[], name: string): Entry[] {
  const source = entryNamed(all, name)?.source;
  return all.filter((one) => one.source === source);
}
