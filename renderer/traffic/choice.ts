import { type ListView } from './list-view.ts';
import { rangeBetween, toggled } from './selection.ts';
import { NONE, type TrafficStateStore } from './traffic-state.ts';

/** Which exchanges are chosen, and which of them is the one that is shown. */
export function createChoice(store: TrafficStateStore, view: () => ListView) {
  /** A row to select as soon as it is here. */
  let wanted: number | null = null;
  /** Where choosing several began. */
  let anchor: number | null = null;

  function select(index: number | null): void {
    const row = index === null ? undefined : view().row(index);
    wanted = row ? null : index;
    if (wanted !== null) return;
    anchor = index;
    store.setState({ selectedIndex: index, selectedId: row?.id ?? null, chosen: row ? new Set([row.id]) : NONE });
  }

  /** Chooses everything from where choosing began to this row, also what is not held here. */
  async function extendTo(index: number): Promise<void> {
    const asked = view().epoch();
    const { from, to } = rangeBetween((anchor ??= index), index);
    const ids = heldIds(from, to) ?? (await idsOf(from, to));
    const selectedIndex = Math.max(from, Math.min(index, to - 1));
    const selectedId = ids[selectedIndex - from];
    if (asked === view().epoch() && selectedId !== undefined)
      store.setState({ chosen: new Set(ids), selectedIndex, selectedId, follow: false });
  }

  /** null: not all of them are held. */
  function heldIds(from: number, to: number): number[] | null {
    const held = Array.from({ length: to - from }, (_, position) => view().row(from + position)?.id);
    return held.every((id) => id !== undefined) ? (held as number[]) : null;
  }

  async function idsOf(from: number, to: number): Promise<number[]> {
    const window = await view().ask({ from, limit: to - from });
    return window.rows.map(({ id }) => id);
  }

  function toggle(index: number): void {
    const row = view().row(index);
    if (!row) return;
    const chosen = toggled(store.getState().chosen, row.id);
    anchor = index;
    if (chosen.has(row.id)) store.setState({ chosen, selectedIndex: index, selectedId: row.id, follow: false });
    else store.setState({ chosen, follow: false });
  }

  return {
    select,
    extendTo,
    toggle,
    /** Places are others now. */
    forgetPlaces(): void {
      anchor = null;
    },
    /** One that was wanted may be among the rows that have come. */
    onRows(): void {
      if (wanted !== null && view().row(wanted)) select(wanted);
    },
    /** One of which only the number is known: the list shows it when it comes by. */
    choose(id: number): void {
      store.setState({ selectedId: id, selectedIndex: null, chosen: new Set([id]) });
    },
    /** The newest, as many as can be. */
    chooseAll(): Promise<void> {
      anchor = store.getState().total - 1;
      return anchor < 0 ? Promise.resolve() : extendTo(0);
    },
    /** Chosen with the pointer: it must not run away under it. */
    pick(index: number): void {
      store.setState({ follow: false });
      select(index);
    },
  };
}
