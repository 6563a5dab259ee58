import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { backendColor } from '../store/backend-color.ts';

/** `api/a` → `api`, `a` */
export function splitName(name: string): { pool: string; backend: string } {
  const cut = name.indexOf('/');
  return { pool: name.slice(0, cut), backend: name.slice(cut + 1) };
}

/** The colour that the backend has everywhere. */
export function colorOf(state: EngineState | null, name: string): string {
  const { pool, backend } = splitName(name);
  return backendColor(state, pool, backend);
}
