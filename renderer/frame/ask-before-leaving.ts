import type { App } from '../app.ts';
import { hasKeptDrafts } from '../rules/use-kept-draft.ts';
import { hasTypedDocuments } from '../rules/use-shown-document.ts';
import { hasKeptTyping } from '../store/kept-typing.ts';

/** What is typed and not saved lives as long as the page: a browser, or the desktop, asks before it reloads or closes that. */
export function askBeforeLeaving({ breakpoints }: Pick<App, 'breakpoints'>, window: Window): void {
  window.addEventListener('beforeunload', (event) => {
    const isHeldTyped = Object.keys(breakpoints.typed.getState()).length > 0;
    if (isHeldTyped || hasKeptDrafts() || hasTypedDocuments() || hasKeptTyping()) event.preventDefault();
  });
}
