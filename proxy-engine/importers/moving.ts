/** Actions that change what conditions of later rules ask for. */
import type { DraftAction } from './draft.ts';

export type Moved = 'host' | 'path' | 'query';

/** null: none of it. */
export function movedBy(action: DraftAction): Moved | null {
  const isHost = ('set' in action && Object.keys(action.set).some(isHostName)) || 'mapRemote' in action;
  if (isHost || ('replaceHeader' in action && isHostName(action.replaceHeader.name))) return 'host';
  return (['host', 'path', 'query'] as const).find((field) => field in action) ?? null;
}

function isHostName(name: string): boolean {
  return name.toLowerCase() === 'host';
}
