import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Field } from '../ui/field.tsx';
import { SORT_IDS, type SortId, sortCommand } from './sorts.ts';
import { sortId, sortOf } from './traffic-state.ts';

/** Every order that the list can have. */
export function SortChoice() {
  const app = useApp();
  const { columns: texts, commands } = useMessages();
  const sort = useStore(app.traffic.store, (state) => state.sort);
  return (
    <Field label={texts.order}>
      {(field) => (
        <select
          {...field}
          className="input select-native"
          value={sortId(sort) ?? ''}
          onChange={({ target }) => app.traffic.setSort(target.value === '' ? null : sortOf(target.value as SortId))}
        >
          <option value="">{commands['traffic.sort.none']}</option>
          {SORT_IDS.map((id) => (
            <option key={id} value={id}>
              {commands[sortCommand(id)]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The order of the list for those who do not see its head; it is told when it changes. `id`: what the list is described by. */
export function SortStatus({ id }: { id: string }) {
  const app = useApp();
  const { commands } = useMessages();
  const sort = useStore(app.traffic.store, (state) => state.sort);
  const now = sortId(sort);
  return (
    <div id={id} className="visually-hidden" role="status">
      {commands[now ? sortCommand(now) : 'traffic.sort.none']}
    </div>
  );
}
