import { createStore } from 'zustand/vanilla';
import type { EngineEvent, EngineInfo } from '../../proxy-engine/contract/channel.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import type { Loss } from '../api/connection.ts';
import type { EngineMessage } from '../api/engine-api.ts';
import { withSameParts } from './same-parts.ts';

export interface Notice {
  id: number;
  level: 'info' | 'warn' | 'error';
  message: string;
}

/** What the window knows of the engine: a mirror, never changed from this side. */
export interface EngineView {
  connection: 'connecting' | 'open' | Loss['state'];
  /** Why it is not open, from the first time on that it was lost. */
  loss: Loss | null;
  info: EngineInfo | null;
  state: EngineState | null;
  /** How many exchanges are recorded. */
  recorded: number;
  newestId: number;
  /** Differs when marks of exchanges do. */
  marks: number;
  /** Grows whenever the list, or an exchange in it, has changed. */
  changes: number;
  /** Grows with every snapshot: what was asked of an earlier engine (views, ids) is void. */
  generation: number;
  /** The latest things to say; a listener shows each once. */
  notices: readonly Notice[];
}

export const initialView: EngineView = {
  connection: 'connecting',
  loss: null,
  info: null,
  state: null,
  recorded: 0,
  newestId: 0,
  marks: 0,
  changes: 0,
  generation: 0,
  notices: [],
};

const KEPT_NOTICES = 20;

/** The view after `message`. Pure. */
export function apply(view: EngineView, message: EngineMessage): EngineView {
  switch (message.type) {
    case 'snapshot':
      return {
        ...view,
        connection: 'open',
        loss: null,
        info: message.info,
        state: message.state,
        recorded: message.recorded,
        newestId: 0,
        generation: view.generation + 1,
      };
    case 'events':
      return message.events.reduce(applyEvent, view);
    case 'lost':
      return { ...view, connection: message.loss.state, loss: message.loss };
  }
}

function applyEvent(view: EngineView, event: EngineEvent): EngineView {
  switch (event.type) {
    case 'state':
      return { ...view, state: withSameParts(view.state, event.state) };
    case 'exchanges':
      return {
        ...view,
        recorded: event.recorded,
        newestId: event.newestId,
        marks: event.marks,
        changes: view.changes + 1,
      };
    case 'notice': {
      const id = (view.notices.at(-1)?.id ?? 0) + 1;
      const notice = { id, level: event.level, message: event.message };
      return { ...view, notices: [...view.notices, notice].slice(-KEPT_NOTICES) };
    }
  }
}

/** The banner says it, and only as long as it holds. */
export function isInBanner({ level, message }: Pick<Notice, 'level' | 'message'>, state: EngineState | null): boolean {
  return level === 'error' && (state?.configProblems ?? []).some(({ reason }) => message.endsWith(`: ${reason}`));
}

export function createEngineStore() {
  return createStore<EngineView>(() => initialView);
}

export type EngineStore = ReturnType<typeof createEngineStore>;
