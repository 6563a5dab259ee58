import { createStore } from 'zustand/vanilla';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
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
  /** Texts that undo took back, the next to redo last. */
  future: readonly string[];
}

const KEPT_TEXTS = 50;

/** What came of a change: nothing wrong, or what the engine found in it. */
export type EditOutcome = { ok: true } | { ok: false; message: string; issues: readonly ConfigIssue[] };

/** The config document. Changes go to the engine and come back from it; texts before them are kept for undo. */
export function createConfigStore(api: EngineApi) {
  const store = createStore<ConfigState>(() => ({ text: '', config: null, revision: 0, past: [], future: [] }));

  async function load(): Promise<void> {
    try {
      const { text, config, file, revision } = await api.call('config.get', {});
      store.setState({ text, config, file, revision });
    } catch {
      // Not reachable: the next snapshot loads it.
    }
  }

  /** `act` answers the text that the document has then. */
  async function change(act: () => Promise<string>): Promise<EditOutcome> {
    const { text: before } = store.getState();
    let text: string;
    try {
      text = await act();
    } catch (error) {
      return { ok: false, message: errorText(error), issues: error instanceof CommandError ? error.issues : [] };
    }
    store.setState((state) => ({ text, past: [...state.past, before].slice(-KEPT_TEXTS), future: [] }));
    await load();
    return { ok: true };
  }

  /** Applies the last text of one list; the text that runs goes to the other. */
  async function goTo(from: 'past' | 'future', other: 'past' | 'future'): Promise<boolean> {
    const { text: current, [from]: texts } = store.getState();
    const text = texts.at(-1);
    if (text === undefined) return false;
    await api.call('config.apply', { text });
    store.setState((state) => ({
      ...state,
      text,
      [from]: state[from].slice(0, -1),
      [other]: [...state[other], current],
    }));
    await load();
    return true;
  }

  return {
    store,
    load,
    edit: (edits: ConfigEdit[]) => change(async () => (await api.call('config.edit', { edits })).text),
    apply: (text: string) => change(async () => (await api.call('config.apply', { text }), text)),
    /** A call that changes the document in another way. */
    commit: (call: () => Promise<unknown>) =>
      change(async () => {
        await call();
        return (await api.call('config.get', {})).text;
      }),
    /** Puts the text before the latest change back; false when there is none. */
    undo: () => goTo('past', 'future'),
    /** Puts back what undo took; false when there is none. */
    redo: () => goTo('future', 'past'),
  };
}

export type ConfigDocumentStore = ReturnType<typeof createConfigStore>;
