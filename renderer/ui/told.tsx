import type { ReactNode } from 'react';
import { useMessages } from '../app-context.tsx';

/** What the engine says, in the language of the window; what it quotes in backquotes is code. */
export function Told({ children }: { children: string }) {
  const { engine } = useMessages();
  return withCode(engine(children));
}

/** What is in the language of the window already: what is translated twice has words of ours for names of theirs. */
export function withCode(text: string): ReactNode[] {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
