import { createStore } from 'zustand/vanilla';
import type { CommandResult } from '../../proxy-engine/contract/api.ts';
import type { Config } from '../../proxy-engine/contract/config.ts';
import type {
  Changed,
  ConfigEdit,
  ConfigPart,
  Expectation,
  SourceChange,
} from '../../proxy-engine/contract/config-edit.ts';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { CommandError, type EngineApi, errorText } from '../api/engine-api.ts';
import { type DocumentEntries, entriesOf } from './document.ts';
import { mergeText } from './merge-text.ts';

export interface ConfigState {
  /** The config's own document as it runs; empty until the engine told it. */
  text: string;
  config: Config | null;
  file?: string;
  revision: number;
  /** All documents: its own first, then those that it includes. */
  sources: readonly ConfigPart[];
  /** What all of them have, in the order in which it acts. */
  entries: DocumentEntries;
  /** The latest changes made here, oldest first. */
  past: readonly Change[];
  /** What undo did, the next to redo last. */
  future: readonly Change[];
  /** Changes, undo and redo that were asked for and are not done yet. */
  underWay: number;
}

/** What one change did to each document. */
type Change = readonly SourceChange[];
type Texts = { source: string; was: string; text: string }[];

const KEPT_CHANGES = 50;

/** What came of a change: nothing wrong, or what the engine found in it. `conflict`: somebody else changed the same. */
export type EditOutcome =
  | { ok: true }
  | { ok: false; conflict: boolean; message: string; issues: readonly ConfigIssue[] };

/** Each mistake once: the message of a refused config is its first one. */
export function mistakesOf({ message, issues }: Pick<EditOutcome & { ok: false }, 'message' | 'issues'>): string[] {
  return issues.length > 0 ? issues.map((issue) => issue.message) : [message];
}

/** What came of undo and redo. `conflict`: others have changed the same lines since; it can no longer be done. */
export type StepOutcome =
  | { ok: true }
  | { ok: false; reason: 'nothing' }
  | { ok: false; reason: 'conflict'; source: string };

const NO_ENTRIES: DocumentEntries = entriesOf([]);

/** The config's documents. Changes go to the engine and come back from it; what each did is kept for undo. */
export function createConfigStore(api: EngineApi) {
  const store = createStore<ConfigState>(() => ({
    text: '',
    config: null,
    revision: 0,
    sources: [],
    entries: NO_ENTRIES,
    past: [],
    future: [],
    underWay: 0,
  }));
  let asked = 0;
  let answered = 0;

  /** What is known then is at least as new as the call, whoever else asks meanwhile. */
  async function load(): Promise<void> {
    const number = ++asked;
    try {
      const answer = await api.call('config.get', {});
      if (number < answered) return;
      answered = number;
      store.setState(read(answer));
    } catch {
      // Not reachable: the next snapshot loads it.
    }
  }

  let queue: Promise<unknown> = Promise.resolve();

  /** Changes, and taking them back, happen one after the other, in the order in which a person wanted them. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const count = (more: 1 | -1): void => store.setState(({ underWay }) => ({ underWay: underWay + more }));
    count(1);
    const turn = queue.then(act).finally(() => count(-1));
    queue = turn.catch(() => {});
    return turn;
  }

  async function commitNow(act: () => Promise<Changed>): Promise<EditOutcome> {
    try {
      const { changes } = await act();
      const change = changes.filter(({ before, after }) => before !== after);
      if (change.length > 0)
        store.setState(({ past }) => ({ past: [...past, change].slice(-KEPT_CHANGES), future: [] }));
      return { ok: true };
    } catch (error) {
      return failed(error);
    } finally {
      await load();
    }
  }

  /** Takes the last change of one list back, whatever others did elsewhere since; what that did goes to the other list. */
  async function goTo(from: 'past' | 'future', other: 'past' | 'future'): Promise<StepOutcome> {
    const { [from]: list } = store.getState();
    const change = list.at(-1);
    if (!change) return { ok: false, reason: 'nothing' };
    const drop = (): void => store.setState((state) => ({ ...state, [from]: state[from].slice(0, -1) }));
    for (let isLastTry = false; ; isLastTry = true) {
      const texts = withoutChange(change, store.getState().sources);
      if (typeof texts === 'string') {
        drop();
        return { ok: false, reason: 'conflict', source: texts };
      }
      try {
        const { changes } = await api.call('config.replace', { texts });
        drop();
        store.setState((state) => ({ ...state, [other]: [...state[other], changes] }));
        await load();
        return { ok: true };
      } catch (error) {
        if (isLastTry || !isConflict(error)) throw error;
        await load();
      }
    }
  }

  /** Makes a change that can be undone. */
  const commit = (act: () => Promise<Changed>): Promise<EditOutcome> => inTurn(() => commitNow(act));

  return {
    store,
    /** `revision`: of the config that runs; when it is known already, nothing is asked. */
    load: (revision?: number): Promise<void> =>
      revision !== undefined && revision === store.getState().revision ? Promise.resolve() : load(),
    /** `expect`: what stood there when the edits were thought of; something else there is a conflict. */
    edit: (edits: ConfigEdit[], expect: Expectation[] = []) => commit(() => api.call('config.edit', { edits, expect })),
    /** Replaces a document, together with what others changed in it since it was `was`. */
    apply: (
      text: string,
      was: string = store.getState().text,
      source: string = ownName(store.getState()),
    ): Promise<EditOutcome> =>
      inTurn(async () => {
        const now = store.getState().sources.find(({ name }) => name === source)?.text ?? was;
        const merged = mergeText(was, text, now);
        if (merged === null) return { ok: false, conflict: true, message: '', issues: [] };
        return commitNow(() => api.call('config.replace', { texts: [{ source, was: now, text: merged }] }));
      }),
    commit,
    undo: () => inTurn(() => goTo('past', 'future')),
    redo: () => inTurn(() => goTo('future', 'past')),
  };
}

export type ConfigDocumentStore = ReturnType<typeof createConfigStore>;

function read({ text, config, file, revision, sources }: CommandResult<'config.get'>): Partial<ConfigState> {
  return { text, config, file, revision, sources, entries: entriesOf(sources) };
}

function ownName({ sources }: ConfigState): string {
  return sources[0]?.name ?? '';
}

/** The documents as they would be without the change; the name of one in which others have changed the same lines. */
function withoutChange(change: Change, sources: readonly ConfigPart[]): Texts | string {
  const texts: Texts = [];
  for (const { source, before, after } of change) {
    const was = sources.find(({ name }) => name === source)?.text;
    const text = was === undefined ? null : mergeText(after, before, was);
    if (was === undefined || text === null) return source;
    texts.push({ source, was, text });
  }
  return texts;
}

function isConflict(error: unknown): boolean {
  return error instanceof CommandError && error.code === 'CONFLICT';
}

function failed(error: unknown): EditOutcome {
  const issues = error instanceof CommandError ? error.issues : [];
  return { ok: false, conflict: isConflict(error), message: errorText(error), issues };
}
