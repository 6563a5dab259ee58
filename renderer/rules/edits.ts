import type { ConfigEdit } from './config-store.ts';
import type { EntryList } from './document.ts';

type Path = (string | number)[];

/** The smallest edits by path that turn `before` into `after`, so that what did not change keeps its comments and its form. */
export function editsBetween(path: Path, before: unknown, after: unknown): ConfigEdit[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return arrayEdits(path, before, after);
  if (isRecord(before) && isRecord(after)) return recordEdits(path, before, after);
  return [{ path, value: after ?? null }];
}

function recordEdits(path: Path, before: Record<string, unknown>, after: Record<string, unknown>): ConfigEdit[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => editsBetween([...path, name], before[name], after[name]));
}

/** Elements are edited in their places; an array that shrinks is replaced as a whole. */
function arrayEdits(path: Path, before: unknown[], after: unknown[]): ConfigEdit[] {
  if (after.length < before.length) return [{ path, value: after }];
  return after.flatMap((value, index) => editsBetween([...path, index], before[index], value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Of the engine's issues, those inside one route or rule, by field: `match`, `request`; the others under ''. */
export function issuesByField(
  issues: readonly { path: string; message: string }[],
  index: number,
  list: EntryList = 'rules',
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { path, message } of issues) {
    const inside = new RegExp(`^${list}(?:\\[${index}\\]|\\.${index})\\.?(.*)$`).exec(path);
    const field = inside?.[1] ? inside[1].replaceAll(/\[(\d+)\]/g, '.$1') : '';
    const key = /^(name|group|match|listeners|limit|request|response)\b/.exec(field)?.[1] ?? '';
    const text = key === '' && path ? `${path}: ${message}` : message;
    fields[key] = fields[key] ? `${fields[key]}\n${text}` : text;
  }
  return fields;
}
