import { useStore } from 'zustand';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { Field } from '../ui/field.tsx';
import { AUTOMATIC, destinationKey, destinationOf } from './draft.ts';

/** By a listener like any client, or straight to a pool or backend. */
export function DestinationChoice() {
  const app = useApp();
  const { compose } = useMessages();
  const chosen = useStore(app.compose.store, (state) => state.draft.destination);
  const state = useEngine((view) => view.state);
  const listeners = state?.listeners ?? [];
  const fallback = listeners.find(({ mode }) => mode === 'forward') ?? listeners[0];
  const isThere = chosen === AUTOMATIC || keysOf(state).includes(chosen);
  return (
    <Field label={compose.destination}>
      {(props) => (
        <select
          {...props}
          className="input select-native"
          value={chosen}
          onChange={(event) => app.compose.setDraft({ destination: event.target.value })}
        >
          <option value={AUTOMATIC}>{compose.automatic(fallback?.name)}</option>
          {isThere ? null : <option value={chosen}>{compose.gone(nameOf(chosen))}</option>}
          <optgroup label={compose.listeners}>
            {state?.listeners.map(({ name, address }) => (
              <option key={name} value={destinationKey({ listener: name })}>
                {compose.listener(name, address)}
              </option>
            ))}
          </optgroup>
          <optgroup label={compose.straight}>
            {state?.pools.flatMap(({ name, backends }) => [
              <option key={name} value={destinationKey({ pool: name })}>
                {compose.pool(name)}
              </option>,
              ...backends.map((backend) => (
                <option key={`${name}/${backend.name}`} value={destinationKey({ pool: name, backend: backend.name })}>
                  {name} / {backend.name}
                </option>
              )),
            ])}
          </optgroup>
        </select>
      )}
    </Field>
  );
}

function nameOf(key: string): string {
  return Object.values(destinationOf(key) ?? {}).join(' / ');
}

function keysOf(state: EngineState | null): string[] {
  const pools = state?.pools ?? [];
  return [
    ...(state?.listeners ?? []).map(({ name }) => destinationKey({ listener: name })),
    ...pools.map(({ name }) => destinationKey({ pool: name })),
    ...pools.flatMap(({ name, backends }) => backends.map((one) => destinationKey({ pool: name, backend: one.name }))),
  ];
}
