import type { App } from '../app.ts';
import { messagesFor } from '../i18n/messages.ts';
import { showToast } from '../ui/toast.tsx';

/** Puts `text` on the clipboard and says so. */
export async function copyText(
  app: App,
  text: string,
  said: string = messagesFor(app.ui.getState().language).common.copied,
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast('info', said);
  } catch (error) {
    showToast('error', String(error));
  }
}
