/** What became of each thing of an export or an import, in one shape for the list that shows it. */
import { type ExportResult, gathered, type ImportItem } from '../../proxy-engine/contract/transfer.ts';

export type Outcome = ImportItem['outcome'];

export interface ReportEntry {
  outcome: Outcome;
  /** Where: a path of the config, or a place in the file. */
  at: string;
  what: string;
  why?: string | undefined;
  /** `what` is a name that somebody gave, not words of ours. */
  isName?: boolean;
  /** Of how many things; default 1. */
  places?: number;
}

/** The worst first: that is what somebody has to see. */
export const OUTCOMES: readonly Outcome[] = ['unmapped', 'approximated', 'mapped'];

/** Places at which our own format lists what is in it. */
const NAMED: ReadonlySet<string> = new Set(['listeners', 'routes', 'pools', 'rules']);

export function entriesOfExport(result: ExportResult): ReportEntry[] {
  return OUTCOMES.flatMap((outcome) =>
    (outcome === 'mapped' ? result[outcome] : gathered(result[outcome])).map(({ path, ...note }) => ({
      outcome,
      at: path,
      what: note.what,
      isName: outcome === 'mapped' && NAMED.has(path),
      why: 'why' in note ? String(note.why) : undefined,
      places: 'places' in note ? Number(note.places) : 1,
    })),
  );
}

export function entriesOfImport(items: readonly ImportItem[]): ReportEntry[] {
  return OUTCOMES.flatMap((outcome) => items.filter((item) => item.outcome === outcome));
}

export function countOf(entries: readonly ReportEntry[], outcome: Outcome): number {
  return entries.reduce((sum, entry) => sum + (entry.outcome === outcome ? (entry.places ?? 1) : 0), 0);
}
