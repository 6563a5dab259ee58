import { useEffect, useState } from 'react';
import { isValueField } from '../../proxy-engine/contract/value-fields.ts';
import { useApp } from '../app-context.tsx';
import { valueAt } from './expression-suggestions.ts';

const SETTLE_MS = 80;
const NONE: readonly string[] = [];

/** Values that recorded exchanges have in the field whose value is being typed. */
export function useSeenValues(text: string, caret: number, isOpen: boolean): readonly string[] {
  const app = useApp();
  const [seen, setSeen] = useState<{ field: string; values: readonly string[] } | null>(null);
  const value = isOpen ? valueAt(text, caret) : null;
  const field = value?.field;
  const word = value?.word ?? '';

  useEffect(() => {
    if (field === undefined || !isValueField(field)) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      app.exchanges.values(field, word).then(
        (values) => current && setSeen({ field, values }),
        () => {}, // without them the names of the config are offered
      );
    }, SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [app, field, word]);

  return seen && seen.field === field ? seen.values : NONE;
}
