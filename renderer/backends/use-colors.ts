import { useShallow } from 'zustand/react/shallow';
import type { PoolState } from '../../proxy-engine/contract/state.ts';
import { useEngine } from '../app-context.tsx';
import { backendColor } from '../store/backend-color.ts';

/** Of the pool's backends, in their order. */
export function useColors({ name: pool, backends }: PoolState): readonly string[] {
  return useEngine(useShallow(({ state }) => backends.map(({ name }) => backendColor(state, pool, name))));
}
