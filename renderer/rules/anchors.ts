/** Whether what stands in a form stands elsewhere in the YAML, too: anchors (`&name`) and what takes them (`*name`). */
import { type EntryList, entryRange } from './document.ts';

export interface Anchors {
  /** Parts of the entry stand elsewhere. */
  takes: boolean;
  /** Names of the anchors in it that other parts of the document take. */
  gives: string[];
}

const TAKEN = /(?:^|[\s{,])<<\s*:|[:\-,[]\s+\*\w/;
const NAME = '[^\\s,[\\]{}]+';

/** `name`: as it is written. */
export function anchorsOf(text: string, list: EntryList, name: string): Anchors {
  const range = text.includes('*') ? entryRange(text, list, name) : null;
  if (!range) return { takes: false, gives: [] };
  // The anchor of the whole entry may stand in front of where it begins.
  const before = text.slice(0, range.from);
  const own = new RegExp(`(?:&${NAME}\\s+)?$`).exec(before)?.[0] ?? '';
  const entry = own + text.slice(range.from, range.to);
  const elsewhere = `${before}\n${text.slice(range.to)}`;
  const named = [...entry.matchAll(new RegExp(`(?:^|[:\\-,[{]\\s+)&(${NAME})`, 'g'))].map(([, anchor = '']) => anchor);
  const taken = new Set(
    [...elsewhere.matchAll(new RegExp(`[:\\-,[]\\s*\\*(${NAME})`, 'g'))].map(([, anchor]) => anchor),
  );
  return { takes: TAKEN.test(entry), gives: named.filter((anchor) => taken.has(anchor)) };
}
