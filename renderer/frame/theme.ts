import type { UiStore } from '../store/ui-store.ts';

/** Keeps `data-theme` and `lang` of the document as chosen; `system` follows the system, also when it changes. */
export function showTheme(ui: UiStore): void {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const show = (): void => {
    const { theme, language } = ui.getState();
    document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    document.documentElement.lang = language === 'zh-TW' ? 'zh-Hant-TW' : 'en';
  };
  dark.addEventListener('change', show);
  ui.subscribe(show);
  show();
}
