import { useMessages } from '../app-context.tsx';

/** What the engine says, in the language of the window; what it quotes in backquotes is code. */
export function Told({ children }: { children: string }) {
  const { engine } = useMessages();
  return engine(children)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
