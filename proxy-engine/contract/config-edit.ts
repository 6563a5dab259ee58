/** How parts of the config are changed, and what a change did: part of the table in `api.ts`. */
import { z } from 'zod';

/** The lists whose entries are told by their names: no place in a list means the same in the config and in each of its documents. */
export const ENTRY_LISTS = ['routes', 'rules'] as const;
export type EntryList = (typeof ENTRY_LISTS)[number];

const list = z.enum(ENTRY_LISTS);

/**
 * Keys and indexes that lead to a value of the config: `['pools', 'api', 'policy']`. A route or rule is told by its name, as in
 * `['rules', 'Slow search', 'match']`; that leads to whichever document has it.
 */
const path = z
  .array(z.union([z.string(), z.number().int().min(0)]))
  .min(1)
  .refine(([first, second]) => !isList(first) || typeof second === 'string', {
    error: 'a route or rule is told by its name, as in ["rules", "Slow search", "match"]',
  });

function isList(key: unknown): key is EntryList {
  return (ENTRY_LISTS as readonly unknown[]).includes(key);
}

const before = z.string().nullable().default(null);
/** The name of a document; left out: the config's own. */
const source = z.string().optional();

export const configEdit = z.union([
  /** `value: null` removes. What no document has yet goes into `source`. */
  z.strictObject({ path, value: z.unknown(), source }),
  /** A new entry before another one of the same document; null: at its end. */
  z.strictObject({ insert: list, value: z.record(z.string(), z.unknown()), before, source }),
  /** An entry goes before another one of the same document; null: to its end. */
  z.strictObject({ move: list, name: z.string(), before }),
]);

/** What the caller saw at a path, null for nothing; when something else stands there, no edit is made. */
export const expectation = z.strictObject({ path, value: z.unknown() });

/** One change of the config; several are made in order, and entries are told by the names that they had before the first. */
export type ConfigEdit = z.input<typeof configEdit>;
export type ParsedEdit = z.output<typeof configEdit>;
export type Expectation = z.input<typeof expectation>;

/** A document that the config is made of: the first is its own, the others are included. */
export interface ConfigPart {
  /** File or address as people are told, without a password; '' for a document that is in no file. */
  name: string;
  text: string;
  /** What the text says, before defaults and variables. */
  value: unknown;
  /** What the names of routes and rules stand for that have variables, by the name as it is written. */
  filled?: Record<EntryList, Record<string, string>>;
}

/** A document that was changed: what takes the change back is made of both texts. */
export interface SourceChange {
  source: string;
  before: string;
  after: string;
}

/** What the commands answer that change the config. */
export interface Changed {
  revision: number;
  changes: SourceChange[];
}
