import { useStore } from 'zustand';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import type { DrillDraft } from './drill-draft.ts';
import { draftFrom } from './templates.ts';

export interface DraftUse {
  draft: DrillDraft;
  onChange: (draft: DrillDraft) => void;
}

const NO_POOL: Pick<PoolState, 'name' | 'backends'> = { name: 'api', backends: [] };

/** The drill that is being made; the first template for the first pool until somebody made one. */
export function useDraft(): DraftUse {
  const app = useApp();
  const { drills } = useMessages();
  const draft = useStore(app.drills.store, (view) => view.draft);
  const pool = useEngine((view) => view.state?.pools[0]);
  return {
    draft: draft ?? draftFrom('oneDies', drills.template.oneDies, pool ?? NO_POOL),
    onChange: app.drills.setDraft,
  };
}
