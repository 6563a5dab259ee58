import type { ConfigEdit, EntryList, Expectation } from '../../proxy-engine/contract/config-edit.ts';

type Path = (string | number)[];
type ValueEdit = Extract<ConfigEdit, { path: unknown }>;

/** The smallest edits by path that turn `before` into `after`, so that what did not change keeps its comments and its form. */
export function editsBetween(path: Path, before: unknown, after: unknown): ValueEdit[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return arrayEdits(path, before, after);
  if (isRecord(before) && isRecord(after)) return recordEdits(path, before, after);
  return [{ path, value: after ?? null }];
}

function recordEdits(path: Path, before: Record<string, unknown>, after: Record<string, unknown>): ValueEdit[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => editsBetween([...path, name], before[name], after[name]));
}

/** Elements are edited in their places, and those that are gone are taken out, the last one first. Another order is written as a whole. */
function arrayEdits(path: Path, before: unknown[], after: unknown[]): ValueEdit[] {
  if (after.length === 0 || isOtherOrder(before, after)) return [{ path, value: after }];
  const gone: number[] = [];
  let at = 0;
  const edits = after.flatMap((value) => {
    const spare = before.length - after.length - gone.length;
    const match = before.slice(0, at + spare + 1).findIndex((one, index) => index >= at && same(one, value));
    for (; at < match; at++) gone.unshift(at);
    return editsBetween([...path, at], before[at++], value);
  });
  for (; at < before.length; at++) gone.unshift(at);
  return [...edits, ...gone.map((index) => ({ path: [...path, index], value: null }))];
}

function isOtherOrder(before: unknown[], after: unknown[]): boolean {
  return same(before.map(textOf).toSorted(), after.map(textOf).toSorted());
}

/** That what `after` changes, key by key, still is as it was `before`. */
export function expectBefore(path: Path, before: unknown, after: unknown): Expectation[] {
  if (!isRecord(before) || !isRecord(after)) return [{ path, value: before ?? null }];
  return changedKeys(before, after).map((key) => ({ path: [...path, key], value: before[key] ?? null }));
}

export function changedKeys(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !same(before[key], after[key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The order of keys says nothing. */
export function same(before: unknown, after: unknown): boolean {
  return textOf(before) === textOf(after);
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, byKey);
}

function byKey(_: string, value: unknown): unknown {
  return isRecord(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value;
}

/** Of the engine's issues, those inside one route or rule at `place` of its document, by field: `match`, `request`; the others under ''. */
export function issuesByField(
  issues: readonly { file?: string; path: string; message: string }[],
  { place, source }: { place: number; source: string },
  list: EntryList = 'rules',
): Record<string, string> {
  const fields: Record<string, string> = {};
  const here = new RegExp(`^${list}(?:\\[${place}\\]|\\.${place})\\.?(.*)$`);
  for (const { file = source, path, message } of issues) {
    const inside = file === source ? here.exec(path) : null;
    const field = inside?.[1] ? inside[1].replaceAll(/\[(\d+)\]/g, '.$1') : '';
    const key = /^(name|group|match|listeners|limit|request|response)\b/.exec(field)?.[1] ?? '';
    const text = key === '' && path ? `${path}: ${message}` : message;
    fields[key] = fields[key] ? `${fields[key]}\n${text}` : text;
  }
  return fields;
}
