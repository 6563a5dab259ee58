/** Rule sets that leave for other programs: what an export answers with. */
import type { ConfigIssue } from './config-issue.ts';

export const EXPORT_TARGETS = ['nginx', 'haproxy', 'caddy', 'envoy', 'traefik', 'yaml', 'json'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

/** Where an export tells what is different at its target whatever a document says. */
export const ALWAYS = 'always';

/** One thing of the document: `pools.api.retry`, or `ALWAYS`; and what of it. */
export interface ExportNote {
  path: string;
  what: string;
}

export interface ExportDoubt extends ExportNote {
  /** In what the target differs, or what it lacks. */
  why: string;
}

/** What is the same of several things as one entry, where the first of them stood; its `path` names all `places` of them. */
export function gathered<N extends ExportNote & { why?: string }>(notes: readonly N[]): (N & { places: number })[] {
  const groups = new Map<string, N[]>();
  for (const note of notes) {
    const key = JSON.stringify([note.what, note.why]);
    const group = groups.get(key);
    if (group) group.push(note);
    else groups.set(key, [note]);
  }
  return [...groups.values()].map((group) => {
    const path = pathOfAll(group.map((note) => note.path));
    return { ...(group[0] as N), path, places: group.length };
  });
}

/** `pools.{a, b}.retry`; one after the other where they have nothing in common, or one lies within another. */
function pathOfAll(paths: readonly string[]): string {
  const [parts = [], ...rest] = paths.map((path) => path.split('.'));
  const begin = sharedLength(parts, rest);
  const end = sharedLength(
    parts.slice(begin).toReversed(),
    rest.map((other) => other.slice(begin).toReversed()),
  );
  const middles = [parts, ...rest].map((one) => one.slice(begin, one.length - end).join('.'));
  if (begin + end === 0 || middles.includes('')) return paths.join(', ');
  return [...parts.slice(0, begin), `{${middles.join(', ')}}`, ...parts.slice(parts.length - end)].join('.');
}

/** How many parts all of them begin with. */
function sharedLength(parts: readonly string[], rest: readonly (readonly string[])[]): number {
  const at = parts.findIndex((part, i) => rest.some((other) => other[i] !== part));
  return at < 0 ? parts.length : at;
}

export interface ExportResult {
  /** The target's configuration; the doubts stand in comments at its top, where the format has comments. */
  text: string;
  /** Works the same there. */
  mapped: ExportNote[];
  /** Works there, with the difference told in `why`; what always differs stands last. */
  approximated: ExportDoubt[];
  /** Is not in `text`. */
  unmapped: ExportDoubt[];
}

/** Names to take. A kind that is left out is taken whole; pools that a taken route or rule needs always come along. */
export interface ExportSelection {
  routes?: readonly string[];
  pools?: readonly string[];
  rules?: readonly string[];
}

export const IMPORT_FORMATS = ['charles', 'requestly', 'har', 'nginx'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** The place of what concerns all of an import. */
export const OF_ALL = 'the config';

/** What became of one thing of an imported file. */
export interface ImportItem {
  /** Where in the file: `line 12`, `rule 3`. */
  at: string;
  what: string;
  outcome: 'mapped' | 'approximated' | 'unmapped';
  /** In what it differs, or why it is left out; always there unless it is mapped. */
  why?: string;
}

export interface ImportResult {
  format: ImportFormat;
  /** What the file makes, as a YAML document of its own. */
  text: string;
  /** Listeners, pools, routes and rules in it. */
  adds: number;
  /** The running document, as it was when the file was read. */
  document: string;
  /** That document with it; names that were taken have a number. */
  merged: string;
  items: ImportItem[];
  /** What would be wrong with `merged`; empty: it can be applied. */
  issues: ConfigIssue[];
}
