import type { App } from '../app.ts';
import { DETAIL_TABS, PAGES, type UiState } from './ui-store.ts';

const KEY = 'switchyard.place';

/** Where a person is in a window: a reload leads back there, another window begins at its own. */
export function keepPlace(app: Pick<App, 'ui' | 'traffic'>, session: Pick<Storage, 'getItem' | 'setItem'>): void {
  const { filter, ...place } = readPlace(session.getItem(KEY));
  app.ui.setState(place);
  if (filter) app.traffic.setFilter(filter);
  let written = '';
  const write = (): void => {
    const { page, pool, detailTab } = app.ui.getState();
    const text = JSON.stringify({ page, pool, detailTab, filter: app.traffic.store.getState().applied });
    if (text !== written) session.setItem(KEY, text);
    written = text;
  };
  app.ui.subscribe(write);
  app.traffic.store.subscribe((now, before) => (now.applied === before.applied ? undefined : write()));
}

/** Anything unreadable counts as not kept. */
export function readPlace(
  text: string | null,
): Partial<Pick<UiState, 'page' | 'pool' | 'detailTab'>> & { filter?: string } {
  try {
    const { page, pool, detailTab, filter } = JSON.parse(text ?? '{}') as { [key: string]: unknown };
    return {
      ...(isOneOf(PAGES, page) && { page }),
      ...(typeof pool === 'string' && { pool }),
      ...(isOneOf(DETAIL_TABS, detailTab) && { detailTab }),
      ...(typeof filter === 'string' && { filter }),
    };
  } catch {
    return {};
  }
}

function isOneOf<T>(known: readonly T[], kept: unknown): kept is T {
  return known.includes(kept as T);
}
