import { type RefObject, useEffect, useRef } from 'react';
import { useApp, useUi } from '../app-context.tsx';

/** For the name of a route or rule: the form of one that was just made begins there, with the name marked to be typed over. */
export function useFocusWhenNew(name: string | undefined): RefObject<HTMLInputElement | null> {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  // The first one of all has its form before it is known to be just made.
  const isNew = useUi(({ justMade }) => justMade !== null && justMade === name);
  useEffect(() => {
    if (!isNew) return;
    app.ui.setState({ justMade: null });
    input.current?.focus();
    input.current?.select();
  }, [app, isNew]);
  return input;
}
