import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp, useUi } from '../../app-context.tsx';
import type { BodyOrigin, ShownBody } from '../detail/viewers/viewer.ts';
import { typeOf } from './type-of.ts';
import type { KnownTypes } from './types-of-sets.ts';
import type { MessageTypes } from './wire-rows.ts';

/** So many choices are kept. */
const MOST_CHOICES = 200;

export interface ChosenTypes {
  /** null: no descriptor set is kept. */
  known: KnownTypes | null;
  types: MessageTypes | undefined;
  /** '': whatever content type and path say. */
  choose(typeName: string): void;
}

/** What describes the messages of a body. */
export function useMessageTypes({ origin, contentType }: ShownBody): ChosenTypes {
  const app = useApp();
  const known = useStore(app.descriptors.store, ({ types }) => types);
  const key = origin ? keyOf(origin) : '';
  const chosen = useUi(({ protobufTypes }) => protobufTypes[key]);
  useEffect(() => app.descriptors.need(), [app]);
  const message = known && origin ? typeOf(known, chosen, { ...origin, contentType }) : undefined;
  const types = useMemo(() => (known ? { message, find: known.find } : undefined), [known, message]);
  return {
    known,
    types,
    choose(typeName) {
      const { [key]: _, ...others } = app.ui.getState().protobufTypes;
      const kept = Object.entries(others).slice(1 - MOST_CHOICES);
      app.ui.setState({ protobufTypes: Object.fromEntries(typeName === '' ? kept : [...kept, [key, typeName]]) });
    },
  };
}

function keyOf({ side, host, path }: BodyOrigin): string {
  return `${side} ${host}${path.split('?')[0]}`;
}
