/** By which of its conditions each entry is looked up: by the one that the fewest entries share. */
import type { Candidate, Guard } from './guard.ts';

/** `place`: by the path alone, where other fields may be asked of the response, too. */
export type IndexedBy = 'everything' | 'place';

export interface KeyedBy<T> {
  /** Nothing finds them: they are asked each time. */
  always: readonly T[];
  path: readonly T[];
  needles: readonly T[];
  /** By the id of the field. */
  fields: ReadonlyMap<string, readonly T[]>;
}

/** Fewer entries than this are asked one by one: looking them up costs as much. */
const FEWEST_OF_A_FIELD = 4;
const FEWEST_NEEDLES = 16;

export function keyedBy<T extends Candidate>(entries: readonly T[], by: IndexedBy): KeyedBy<T> {
  const uses = usesOf(entries);
  const lists = new Map<string, T[]>();
  for (const entry of entries) {
    const lookup = mostTelling(entry.guard, by, uses);
    const list = lists.get(lookup);
    if (list) list.push(entry);
    else lists.set(lookup, [entry]);
  }
  const take = (lookup: string): readonly T[] => {
    const list = lists.get(lookup) ?? [];
    lists.delete(lookup);
    return list;
  };
  return { always: take(ALWAYS), path: take(PATH), needles: take(NEEDLES), fields: lists };
}

/** Ids of fields have no capitals at their beginning. */
const ALWAYS = 'Always';
const PATH = 'Path';
const NEEDLES = 'Needles';

interface Key {
  lookup: string;
  /** What is looked for: of several, each finds the entry. */
  texts: readonly string[];
}

function keysOf({ pathPrefixes, pathNeedles, fields }: Guard): Key[] {
  return [
    ...(pathPrefixes ? [{ lookup: PATH, texts: pathPrefixes }] : []),
    ...fields.map(({ id, values, prefixes }) => ({ lookup: id, texts: [...values, ...prefixes] })),
    ...(pathNeedles ? [{ lookup: NEEDLES, texts: pathNeedles }] : []),
  ];
}

/** How many entries each lookup could find, and each text of it. */
interface Uses {
  lookups: ReadonlyMap<string, number>;
  texts: ReadonlyMap<string, number>;
}

function usesOf(entries: readonly Candidate[]): Uses {
  const lookups = new Map<string, number>();
  const texts = new Map<string, number>();
  const count = (of: Map<string, number>, key: string) => of.set(key, (of.get(key) ?? 0) + 1);
  for (const { guard } of entries)
    for (const key of keysOf(guard)) {
      count(lookups, key.lookup);
      for (const text of key.texts) count(texts, textKey(key.lookup, text));
    }
  return { lookups, texts };
}

function mostTelling(guard: Guard, by: IndexedBy, uses: Uses): string {
  let [best, fewest] = [ALWAYS, Number.POSITIVE_INFINITY];
  for (const { lookup, texts } of keysOf(guard)) {
    if (!isWorthwhile(lookup, by, uses)) continue;
    const most = texts.reduce((sum, text) => Math.max(sum, uses.texts.get(textKey(lookup, text)) ?? 0), 0);
    if (most < fewest) [best, fewest] = [lookup, most];
  }
  return best;
}

function isWorthwhile(lookup: string, by: IndexedBy, { lookups }: Uses): boolean {
  if (lookup === PATH) return true;
  const entries = lookups.get(lookup) ?? 0;
  if (lookup === NEEDLES) return entries >= FEWEST_NEEDLES;
  return by === 'everything' && entries >= FEWEST_OF_A_FIELD;
}

function textKey(lookup: string, text: string): string {
  return `${lookup}\n${text}`;
}
