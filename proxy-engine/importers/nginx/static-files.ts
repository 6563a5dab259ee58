/** `root`, `alias` and `try_files` as files that answer. */
import { posix } from 'node:path';
import type { DraftAction } from '../draft.ts';
import type { Context } from './locations.ts';
import type { Place } from './lookup.ts';
import { type Directive, last, named } from './syntax.ts';

export interface Files {
  actions: DraftAction[];
  /** Whether what is not there goes on. */
  isTried: boolean;
  /** The named location that it goes on to. */
  fallback?: string;
}

/** null: the location has none. */
export function filesOf(block: readonly Directive[], { server }: Context, { path }: Place): Files | null {
  const alias = last(block, 'alias')?.words[0];
  const dir = alias ?? (last(block, 'root') ?? last(server, 'root'))?.words[0];
  if (dir === undefined) return null;
  const place = { dir, ...(alias === undefined ? {} : { strip: path }) };
  const end = triedLast(block);
  if (end === null) return { actions: [{ mapLocal: { ...place, missing: 404 } }], isTried: false };
  const tried: DraftAction = { mapLocal: { ...place, missing: 'pass' } };
  if (end.startsWith('@')) return { actions: [tried], isTried: true, fallback: end };
  if (end.startsWith('/')) return { actions: [tried, { mapLocal: { file: posix.join(dir, end) } }], isTried: false };
  return { actions: [{ mapLocal: { ...place, missing: 404 } }], isTried: false };
}

/** Where `try_files` ends; null: there is none, or none that is known. */
export function triedLast(block: readonly Directive[]): string | null {
  const words = last(block, 'try_files')?.words ?? [];
  const end = words.at(-1) ?? '';
  const isKnown = words.length > 1 && words.slice(0, -1).every((word) => word === '$uri' || word === '$uri/');
  return isKnown && /^(=404$|@|\/[^$]*$)/.test(end) ? end : null;
}

/** Whether some location of the server goes on to that one. */
export function isTried(name: string, { server }: Context): boolean {
  return named(server, 'location').some(({ block = [] }) => triedLast(block) === name);
}
