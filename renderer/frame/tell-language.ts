import type { Desktop } from '../api/desktop.ts';
import type { UiStore } from '../store/ui-store.ts';

/** The desktop's own menu and dialogs are not the page's to translate: it is told the language now, and when another is chosen. */
export function tellLanguage(ui: UiStore, desktop: Pick<Desktop, 'setLanguage'>): void {
  desktop.setLanguage(ui.getState().language);
  ui.subscribe(({ language }, { language: before }) => {
    if (language !== before) desktop.setLanguage(language);
  });
}
