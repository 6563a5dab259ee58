import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** What is typed in forms that go with their page, by form; it is there again when they come back, until the window closes. */
const keptTyping = createStore<Readonly<Record<string, unknown>>>(() => ({}));

/** Whether anything is typed in any of them and not saved. */
export function hasKeptTyping(): boolean {
  return Object.keys(keptTyping.getState()).length > 0;
}

/** The forms in which something is typed, in the order in which that was begun. */
export function typedForms(): readonly string[] {
  return Object.keys(keptTyping.getState());
}

export function keepTyping(form: string, typed: unknown): void {
  const { [form]: before, ...others } = keptTyping.getState();
  if (typed !== null) keptTyping.setState({ [form]: typed });
  else if (before !== undefined) keptTyping.setState(others, true);
}

/** Like `useState`: what is typed in `form` (always of the same type) and how it is kept; null: nothing. */
export function useKeptTyping<T>(form: string): [typed: T | null, keep: (typed: T | null) => void] {
  const typed = useStore(keptTyping, (all) => all[form]) as T | undefined;
  return [typed ?? null, (next) => keepTyping(form, next)];
}
