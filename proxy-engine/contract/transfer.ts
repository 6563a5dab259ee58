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
