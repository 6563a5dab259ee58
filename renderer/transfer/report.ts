/** What became of each thing of an export or an import, in one shape for the list that shows it. */
import type { ExportResult, ImportItem } from '../../proxy-engine/contract/transfer.ts';

export type Outcome = ImportItem['outcome'];

export interface ReportEntry {
  outcome: Outcome;
  /** Where: a path of the config, or a place in the file. */
  at: string;
  what: string;
  why?: string | undefined;
  /** `what` is a name that somebody gave, not words of ours. */
  isName?: boolean;
}

/** The worst first: that is what somebody has to see. */
export const OUTCOMES: readonly Outcome[] = ['unmapped', 'approximated', 'mapped'];

/** Places at which our own format lists what is in it. */
const NAMED: ReadonlySet<string> = new Set(['listeners', 'routes', 'pools', 'rules']);

export function entriesOfExport(result: ExportResult): ReportEntry[] {
  return OUTCOMES.flatMap((outcome) =>
    result[outcome].map(({ path, ...note }) => ({
      outcome,
      at: path,
      what: note.what,
      isName: outcome === 'mapped' && NAMED.has(path),
      why: 'why' in note ? String(note.why) : undefined,
    })),
  );
}

export function entriesOfImport(items: readonly ImportItem[]): ReportEntry[] {
  return OUTCOMES.flatMap((outcome) => items.filter((item) => item.outcome === outcome));
}

export function countOf(entries: readonly ReportEntry[], outcome: Outcome): number {
  return entries.filter((entry) => entry.outcome === outcome).length;
}
