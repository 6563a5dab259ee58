/** Routes and rules that get another name, by others or by undo: what is typed in them and what is open follows. */
import type { UiStore } from '../store/ui-store.ts';
import type { ConfigDocumentStore } from './config-store.ts';
import { type Entry, namesOf } from './document.ts';
import { same } from './edits.ts';
import { moveKeptDraft, renameInKeptDrafts } from './use-kept-draft.ts';

const OPEN = { routes: 'openRoute', rules: 'openRule' } as const;

export function followNames(config: ConfigDocumentStore, ui: UiStore): void {
  config.store.subscribe((now, before) => {
    if (now.entries === before.entries) return;
    for (const list of ['routes', 'rules'] as const)
      for (const { from, to } of renamedIn(before.entries[list], now.entries[list])) {
        renameInKeptDrafts(list === 'routes' ? 'route' : 'rule', from, to);
        const { [OPEN[list]]: open, renaming } = ui.getState();
        // By the form itself, which sees to it.
        if (renaming?.from === from) continue;
        moveKeptDraft(list, from, to);
        if (open === from) ui.setState({ [OPEN[list]]: to });
      }
  });
}

/** A name that is gone and a new one are the same entry where all else is alike, or where it alone stands in its place. */
export function renamedIn(before: readonly Entry[], now: readonly Entry[]): { from: string; to: string }[] {
  const [old, present] = [new Set(namesOf(before)), new Set(namesOf(now))];
  const gone = before.filter(({ name }) => !present.has(name));
  const fresh = now.filter(({ name }) => !old.has(name));
  return gone.flatMap((was) => {
    const inPlace = (one: Entry): boolean => one.place === was.place && one.count === was.count;
    const here = fresh.filter(({ source }) => source === was.source);
    const to = here.find((one) => same({ ...one.raw, name: '' }, { ...was.raw, name: '' })) ?? here.find(inPlace);
    if (to) fresh.splice(fresh.indexOf(to), 1);
    return to ? [{ from: was.name, to: to.name }] : [];
  });
}
