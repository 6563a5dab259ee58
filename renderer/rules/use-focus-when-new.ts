import { type RefObject, useEffect, useRef } from 'react';
import { useApp } from '../app-context.tsx';

/** For the name of a route or rule: the form of one that was just made begins there, with the name marked to be typed over. */
export function useFocusWhenNew(name: string | undefined): RefObject<HTMLInputElement | null> {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (name === undefined || app.ui.getState().justMade !== name) return;
    app.ui.setState({ justMade: null });
    input.current?.focus();
    input.current?.select();
  }, [app, name]);
  return input;
}
