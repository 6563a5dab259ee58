import { useState } from 'react';

const kept = new Map<string, unknown>();

/** What is typed in a form and not saved yet; null: nothing. It is there again when the form was left and comes back, until the window closes. */
export function useKeptDraft<T>(form: string): [draft: T | null, keep: (draft: T | null) => void] {
  const [draft, setDraft] = useState<T | null>(() => (kept.get(form) as T | undefined) ?? null);
  function keep(next: T | null): void {
    if (next === null) kept.delete(form);
    else kept.set(form, next);
    setDraft(next);
  }
  return [draft, keep];
}
