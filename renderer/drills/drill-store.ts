/** What the page Drills shows: the draft, the runs that are kept, the report on view and the one beside it. */
import { createStore } from 'zustand/vanilla';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import type { DrillReport, DrillSummary } from '../../proxy-engine/contract/drill.ts';
import type { DrillFormat } from '../../proxy-engine/contract/drill-formats.ts';
import { CommandError, type EngineApi } from '../api/engine-api.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { type DrillDraft, documentOf, draftOfDocument } from './drill-draft.ts';

export interface DrillView {
  /** null: none was made yet. */
  draft: DrillDraft | null;
  /** Newest first. */
  runs: readonly DrillSummary[];
  report: DrillReport | null;
  compared: DrillReport | null;
}

const KEY = 'switchyard.drill';
/** Translated as the engine's own reasons are. */
const GONE = 'The engine ended while the drill ran.';

export function createDrillStore(
  api: EngineApi,
  engine: EngineStore,
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  onFailure: (error: unknown) => void,
) {
  const store = createStore<DrillView>(() => ({
    draft: readDraft(storage.getItem(KEY)),
    runs: [],
    report: null,
    compared: null,
  }));
  let isAsking = false;
  let isStale = false;

  /** Asks again for the report of the drill that runs, one question at a time. */
  async function follow(id: string): Promise<void> {
    isStale = isAsking;
    if (isAsking) return;
    isAsking = true;
    try {
      const report = await api.call('drill.get', { id });
      store.setState({ report });
      if (report.outcome !== 'running') await loadRuns();
    } finally {
      isAsking = false;
      if (isStale) void follow(id).catch(onFailure);
    }
  }

  /** A drill that ran when the engine was lost went with it, unless only the connection was. */
  async function settle(): Promise<void> {
    const { report } = store.getState();
    if (report?.outcome !== 'running') return;
    const { id } = report;
    const now = await api.call('drill.get', { id }).catch((error: unknown): DrillReport => {
      if (!(error instanceof CommandError) || error.code !== 'NOT_FOUND') throw error;
      return { ...report, outcome: 'broken', problem: GONE };
    });
    if (store.getState().report?.id === id) store.setState({ report: now });
  }

  async function loadRuns(): Promise<void> {
    store.setState({ runs: (await api.call('drill.list', {})).runs });
  }

  engine.subscribe((now, before) => {
    const drill = now.state?.drill;
    if (drill && (drill.id !== before.state?.drill?.id || drill.changes !== before.state?.drill?.changes))
      void follow(drill.id).catch(onFailure);
    if (now.generation === before.generation) return;
    // What an engine of another life kept is not this one's.
    void loadRuns().catch(onFailure);
    void settle().catch(onFailure);
  });
  store.subscribe(({ draft }, before) => {
    if (draft && draft !== before.draft) storage.setItem(KEY, JSON.stringify(draft));
  });

  return {
    store,
    loadRuns,
    setDraft: (draft: DrillDraft) => store.setState({ draft }),
    /** `revision`: of the config that it was asked for; the engine goes by the one that runs. */
    check: ({ text }: { text: string; revision?: number }) => api.call('drill.check', { text }),
    async textOf(draft: DrillDraft): Promise<string> {
      const { printDrill } = await import('./drill-text.ts');
      return printDrill(documentOf(draft));
    },
    /** Takes a drill from its text; answers what is wrong with it. */
    async open(text: string): Promise<readonly ConfigIssue[] | null> {
      const { document, issues } = await api.call('drill.check', { text });
      if (!document) return issues;
      store.setState({ draft: draftOfDocument(document) });
      return null;
    },
    start: (text: string) => api.call('drill.start', { text }),
    stop: () => api.call('drill.stop', {}),
    async show(id: string): Promise<void> {
      store.setState({ report: await api.call('drill.get', { id }) });
    },
    async compare(id: string | null): Promise<void> {
      store.setState({ compared: id === null ? null : await api.call('drill.get', { id }) });
    },
    exportReport: async (id: string, format: DrillFormat) => (await api.call('drill.export', { id, format })).text,
  };
}

function readDraft(text: string | null): DrillDraft | null {
  if (text === null) return null;
  try {
    const draft = JSON.parse(text) as Partial<DrillDraft>;
    return Array.isArray(draft.steps) && Array.isArray(draft.expect) ? (draft as DrillDraft) : null;
  } catch {
    return null;
  }
}

export type DrillStore = ReturnType<typeof createDrillStore>;
