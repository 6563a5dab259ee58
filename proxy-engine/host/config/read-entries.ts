/** Reads a document entry by entry: what stood in one that was read before is not read again, and stays the same object. */
import { parseDocument } from 'yaml';
import { type Lines, layoutOf, type Section } from './layout.ts';

export interface ReadEntries {
  value: Record<string, unknown>;
  sections: readonly Section[];
  /** What was read, by its text: a key at the top with one entry, or with all that it has. */
  known: ReadonlyMap<string, unknown>;
}

/** What has an anchor may be taken elsewhere. */
const ANCHOR = /(?:^|[\s[{,:])&[^\s&]/;

/** null: it has to be read whole, as each document that has a mistake. */
export function readEntries(text: string, before?: ReadonlyMap<string, unknown>): ReadEntries | null {
  const sections = ANCHOR.test(text) ? null : layoutOf(text);
  if (!sections || sections.length === 0) return null;
  const known = new Map<string, unknown>();
  const value: Record<string, unknown> = {};
  for (const section of sections) {
    const parts = textsOf(text, section).map((part) => {
      const read = known.get(part) ?? before?.get(part) ?? readPart(part);
      known.set(part, read);
      return read;
    });
    const whole = together(parts, section.key);
    if (whole === undefined) return null;
    value[section.key] = whole;
  }
  return { value, sections, known };
}

function textsOf(text: string, section: Section): string[] {
  if (section.entries.length === 0) return [text.slice(section.from, section.to)];
  return section.entries.map((entry) => entryText(text, section.key, entry));
}

/** One entry, as a document that has nothing else. */
export function entryText(text: string, key: string, { from, to }: Lines): string {
  return `${key}:\n${text.slice(from, to)}`;
}

function readPart(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, merge: true });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

/** What entries say together; undefined: at least one is not what its lines made it seem. */
function together(parts: readonly unknown[], key: string): unknown {
  const values = parts.map((part) => (isObject(part) && Object.keys(part).length === 1 ? part[key] : undefined));
  if (values.includes(undefined)) return undefined;
  if (values.length === 1) return values[0];
  if (values.every((one) => Array.isArray(one) && one.length === 1)) return values.flat();
  const pairs = values.flatMap((one) => (isObject(one) ? Object.entries(one) : []));
  const map = Object.fromEntries(pairs);
  return pairs.length === values.length && Object.keys(map).length === pairs.length ? map : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
