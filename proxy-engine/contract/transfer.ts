/** Rule sets that leave for other programs and come from them: what `export` and `import` answer with. */
import type { ConfigDocument } from './config.ts';

export const EXPORT_TARGETS = ['nginx', 'haproxy', 'envoy', 'caddy', 'traefik', 'yaml', 'json'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

export const IMPORT_SOURCES = ['charles', 'requestly', 'har', 'nginx'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

/** One thing of the document: `pools.api.retry`, and what of it. */
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
  /** Works there, with the difference told in `why`. */
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

export interface ImportItem {
  /** As the other program calls it. */
  name: string;
  outcome: 'imported' | 'partly' | 'refused';
  /** What was left out, or what is wrong with it. */
  why?: string;
}

export interface ImportResult {
  /** Routes, pools and rules that validate; complete it with a listener where it has none. */
  config: ConfigDocument;
  items: ImportItem[];
}
