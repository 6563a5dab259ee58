import { createStore } from 'zustand/vanilla';
import type { CommandInput, ConfigIssue } from '../../proxy-engine/contract/api.ts';
import type { Config } from '../../proxy-engine/contract/config.ts';
import { CommandError, type EngineApi, errorText } from '../api/engine-api.ts';

export type ConfigEdit = CommandInput<'config.edit'>['edits'][number];

export interface ConfigState {
  /** The document as it runs; empty until the engine told it. */
  text: string;
  config: Config | null;
  file?: string;
  revision: number;
  /** Texts before the latest changes made here, oldest first. */
  past: readonly string[];
}

const KEPT_TEXTS = 50;

/** What came of a change: nothing wrong, or what the engine found in it. */
export type EditOutcome = { ok: true } | { ok: false; message: string; issues: readonly ConfigIssue[] };

/** The config document. Changes go to the engine and come back from it; texts before them are kept for undo. */
export function createConfigStore(api: EngineApi) {
  const store = createStore<ConfigState>(() => ({ text: '', config: null, revision: 0, past: [] }));

  async function load(): Promise<void> {
    try {
      const { text, config, file, revision } = await api.call('config.get', {});
      store.setState({ text, config, file, revision });
    } catch {
      // Not reachable: the next snapshot loads it.
    }
  }

  async function change(act: () => Promise<unknown>): Promise<EditOutcome> {
    const { text } = store.getState();
    try {
      await act();
    } catch (error) {
      return { ok: false, message: errorText(error), issues: error instanceof CommandError ? error.issues : [] };
    }
    store.setState((state) => ({ past: [...state.past, text].slice(-KEPT_TEXTS) }));
    await load();
    return { ok: true };
  }

  return {
    store,
    load,
    edit: (edits: ConfigEdit[]) => change(() => api.call('config.edit', { edits })),
    apply: (text: string) => change(() => api.call('config.apply', { text })),
    /** Puts the text before the latest change back; false when there is none. */
    async undo(): Promise<boolean> {
      const text = store.getState().past.at(-1);
      if (text === undefined) return false;
      await api.call('config.apply', { text });
      store.setState((state) => ({ past: state.past.slice(0, -1) }));
      await load();
      return true;
    },
  };
}

export type ConfigDocumentStore = ReturnType<typeof createConfigStore>;
