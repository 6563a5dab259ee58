import { isField } from './fields.ts';

/**
 * Answers whether keys go nowhere: the field into which text was typed last has gone (what it belonged to was renamed or deleted beside
 * it), and nothing else was pressed or clicked since. The rest of what is typed must not act on the window then.
 */
export function lostTyping(page: Window): () => boolean {
  let into: Element | null = null;
  const isLost = () => into !== null && !into.isConnected;
  const keyPressed = (event: KeyboardEvent) => {
    const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isText && isLost() && event.target === page.document.body) return;
    into = isText && isField(event.target) ? event.target : null;
  };
  page.addEventListener('keydown', keyPressed, true);
  page.addEventListener('pointerdown', () => (into = null), true);
  return isLost;
}
