/** The request in the editor, and what was sent since the window is open. */
import { createStore } from 'zustand/vanilla';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { SendingProgress, SendingReport } from '../../proxy-engine/contract/sending.ts';
import { type EngineApi, errorText } from '../api/engine-api.ts';
import { type ComposeDraft, EMPTY_DRAFT, sendInput } from './draft.ts';
import { draftMistakes } from './draft-mistakes.ts';

/** How often the answers of a sending that goes on are asked for. */
const POLL_MS = 200;
const MAX_RUNS = 50;

export interface Run extends Omit<SendingProgress, 'sending' | 'state'> {
  key: number;
  /** Epoch milliseconds. */
  startedAt: number;
  /** What was in the editor; null: recorded exchanges were sent again. */
  draft: ComposeDraft | null;
  /** Ids of the exchanges that were sent again. */
  replayOf: readonly number[];
  sending: number | null;
  state: SendingProgress['state'] | 'starting' | 'refused' | 'lost';
  /** Why it was refused, or lost sight of: of a lost one, some was sent. */
  error: string | null;
}

export interface ComposeState {
  draft: ComposeDraft;
  /** The newest first. */
  runs: readonly Run[];
  /** Key of the one that is shown. */
  shown: number | null;
  /** The exchange that is shown of it. */
  openId: number | null;
  /** Sending was tried with a draft that has mistakes: also those of fields that nobody has touched are told now. */
  wasRefused: boolean;
  /** Somebody asked to edit: the URL has the focus when it is there. */
  toEdit: boolean;
}

export function createComposeStore(api: EngineApi) {
  const store = createStore<ComposeState>(() => ({
    draft: EMPTY_DRAFT,
    runs: [],
    shown: null,
    openId: null,
    wasRefused: false,
    toEdit: false,
  }));
  let nextKey = 1;

  const runOf = (key: number): Run | undefined => store.getState().runs.find((run) => run.key === key);

  function change(key: number, part: Partial<Run>): void {
    store.setState(({ runs }) => ({ runs: runs.map((run) => (run.key === key ? { ...run, ...part } : run)) }));
  }

  async function follow(key: number, started: Promise<SendingReport>): Promise<Run | undefined> {
    try {
      const { ids: _ids, ...first } = await started;
      let progress: SendingProgress = first;
      let answers = first.answers;
      change(key, progress);
      while (progress.state === 'running' || progress.ended < progress.begun) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        progress = await api.call('sending.get', { sending: first.sending, from: answers.length });
        answers = [...answers, ...progress.answers];
        change(key, { ...progress, answers });
      }
    } catch (error) {
      const isBegun = typeof runOf(key)?.sending === 'number';
      change(key, { state: isBegun ? 'lost' : 'refused', error: errorText(error) });
    }
    return runOf(key);
  }

  function begin(draft: ComposeDraft | null, replayOf: readonly number[], started: Promise<SendingReport>) {
    const key = nextKey++;
    const empty = {
      total: draft ? Number(draft.times) : replayOf.length,
      begun: 0,
      ended: 0,
      answers: [],
      sending: null,
      error: null,
    };
    const run: Run = { ...empty, key, draft, replayOf, startedAt: Date.now(), state: 'starting' };
    store.setState(({ runs }) => ({ runs: [run, ...runs].slice(0, MAX_RUNS), shown: key, openId: null }));
    return follow(key, started);
  }

  return {
    store,
    setDraft(part: Partial<ComposeDraft>): void {
      store.setState(({ draft }) => ({ draft: { ...draft, ...part } }));
    },
    show: (key: number): void => store.setState({ shown: key, openId: null }),
    openExchange: (openId: number): void => store.setState({ openId }),
    /** Resolves when it is over, at once when there are mistakes in the draft: then nothing is sent. */
    async send(): Promise<Run | undefined> {
      const { draft } = store.getState();
      const wasRefused = Object.keys(draftMistakes(draft)).length > 0;
      store.setState({ wasRefused });
      if (wasRefused) return undefined;
      return begin(draft, [], api.call('compose.send', sendInput(draft)));
    },
    replay(ids: readonly number[], spacing: 'original' | 'none' = 'none'): Promise<Run | undefined> {
      const [only] = ids;
      const input: CommandInput<'exchange.replay'> =
        ids.length === 1 && only !== undefined
          ? { id: only, wait: false }
          : { ids: [...ids], spacing, concurrency: spacing === 'none' ? AT_ONCE : MOST_AT_ONCE, wait: false };
      return begin(null, ids, api.call('exchange.replay', input));
    },
    cancel(sending: number): Promise<null> {
      return api.call('sending.cancel', { sending });
    },
  };
}

/** Of a selection without its spacing. */
const AT_ONCE = 16;
/** With its spacing, the spacing decides. */
const MOST_AT_ONCE = 256;

export type Compose = ReturnType<typeof createComposeStore>;
