/** What became of each thing of an export or an import, in one shape for the list that shows it. */
import type { ExportResult, ImportItem } from '../../proxy-engine/contract/transfer.ts';

export type Outcome = ImportItem['outcome'];

export interface ReportEntry {
  outcome: Outcome;
  /** Where: a path of the config, or a place in the file. */
  at: string;
  what: string;
  why?: string | undefined;
}

/** The worst first: that is what somebody has to see. */
export const OUTCOMES: readonly Outcome[] = ['unmapped', 'approximated', 'mapped'];

export function entriesOfExport(result: ExportResult): ReportEntry[] {
  return OUTCOMES.flatMap((outcome) =>
    result[outcome].map(({ path, ...note }) => ({
      outcome,
      at: path,
      what: note.what,
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
