/** Held messages: what is typed into each and not sent yet, and the calls that let them go on. */
import { createStore } from 'zustand/vanilla';
import type { CommandInput } from '../../proxy-engine/contract/api.ts';
import type { HeldDetail, HeldRow } from '../../proxy-engine/contract/breakpoint.ts';
import type { EngineApi } from '../api/engine-api.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { draftOfHeld, editsOf, emptyAnswer, type HeldDraft, type HeldMode, heldMistake } from './held-draft.ts';

/** What stands in the form of one message. */
export interface HeldTyped {
  detail: HeldDetail;
  mode: HeldMode;
  /** As they stood before anything was typed. */
  begun: Drafts;
  drafts: Drafts;
}

type Drafts = Readonly<Record<HeldMode, HeldDraft>>;

type Held = Pick<HeldRow, 'id' | 'phase' | 'heldAt'>;
type Typed = Readonly<Record<string, HeldTyped>>;

/** An exchange can be held as a request and again as a response. */
export function heldKey({ id, phase, heldAt }: Held): string {
  return `${id} ${phase} ${heldAt}`;
}

/** The form of a message that nobody typed into. */
export function untouched(detail: HeldDetail): HeldTyped {
  const begun = { continue: draftOfHeld(detail), respond: emptyAnswer() };
  return { detail, mode: 'continue', begun, drafts: begun };
}

function isTyped({ begun, drafts }: HeldTyped): boolean {
  return (['continue', 'respond'] as const).some((mode) =>
    (Object.keys(begun[mode]) as (keyof HeldDraft)[]).some((field) => drafts[mode][field] !== begun[mode][field]),
  );
}

export function createHeldStore(
  api: EngineApi,
  engine: EngineStore,
  tell: { failure: (error: unknown) => void; stays: (count: number) => void },
) {
  const typed = createStore<Typed>(() => ({}));
  const held = (): readonly HeldRow[] => engine.getState().state?.breakpoints.held ?? [];
  const lost = createStore(() => false);
  let edited: string | null = null;
  engine.subscribe(({ state }, before) => {
    if (!state || state.breakpoints.held === before.state?.breakpoints.held) return;
    const keys = new Set(state.breakpoints.held.map(heldKey));
    typed.setState(onlyOf(typed.getState(), keys), true);
    if (edited === null || keys.has(edited)) return;
    edited = null;
    lost.setState(true);
  });

  async function resume(input: CommandInput<'breakpoint.resume'>): Promise<void> {
    const before = edited;
    edited = null;
    try {
      await api.call('breakpoint.resume', input);
    } catch (error) {
      edited = before;
      throw error;
    }
  }

  return {
    /** By `heldKey`; of those that are held no more nothing is kept. */
    typed,
    keep(form: HeldTyped): void {
      const { [heldKey(form.detail)]: _before, ...others } = typed.getState();
      typed.setState(isTyped(form) ? { ...others, [heldKey(form.detail)]: form } : others, true);
    },
    /** Whether a message went away by itself, whose text was being edited. */
    lost,
    editing(row: Held | null): void {
      edited = row && heldKey(row);
    },
    forget(): void {
      lost.setState(false);
    },
    get: (id: number) => api.call('breakpoint.get', { id }),
    resume,
    awaitNext(match: string | null, phase: 'request' | 'response' = 'request'): void {
      api.call('breakpoint.next', { match, phase }).catch(tell.failure);
    },
    /** Each as its form says; those with a mistake in it stay held. */
    continueAll(): void {
      let stays = 0;
      for (const row of held()) {
        const form = typed.getState()[heldKey(row)];
        if (form && heldMistake(form.drafts[form.mode], form.begun[form.mode])) stays++;
        else resume(form ? resumeInput(form) : { id: row.id, action: 'continue' }).catch(tell.failure);
      }
      if (stays > 0) tell.stays(stays);
    },
  };
}

/** What is sent of a form without mistakes. */
export function resumeInput({ detail, mode, drafts }: HeldTyped): CommandInput<'breakpoint.resume'> {
  return { id: detail.id, action: mode, edits: editsOf(detail, mode, drafts[mode]) };
}

function onlyOf(typed: Typed, keys: ReadonlySet<string>): Typed {
  const left = Object.entries(typed).filter(([key]) => keys.has(key));
  return left.length === Object.keys(typed).length ? typed : Object.fromEntries(left);
}
