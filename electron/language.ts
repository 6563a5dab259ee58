import { app, ipcMain } from 'electron';
import { isLanguage, languageFor } from '../renderer/i18n/language.ts';
import { ipc } from './ipc.ts';
import { isFromPage } from './sender.ts';
import { type Texts, textsIn } from './texts.ts';

/** Answers the texts in the window's language: the system's until the page has told its own, which calls `onChange`. */
export function setupLanguage(pageOrigin: string, onChange: () => void): () => Texts {
  let current = textsIn(languageFor([app.getLocale()]));
  ipcMain.on(ipc.language, (event, language: unknown) => {
    if (!isFromPage(event, pageOrigin) || !isLanguage(language) || textsIn(language) === current) return;
    current = textsIn(language);
    onChange();
  });
  return () => current;
}
