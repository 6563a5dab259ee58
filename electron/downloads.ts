import { dirname, join } from 'node:path';
import type { Session } from 'electron';
import { tell } from './tell.ts';
import type { Texts } from './texts.ts';

/** What the page saves is its own (a blob that it has made); a person says in the system's dialog where it goes. Anything else is not fetched. */
export function setupDownloads(session: Session, pageOrigin: string, texts: () => Texts): void {
  let lastDirectory = '';
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${pageOrigin}/`)) return event.preventDefault();
    const name = item.getFilename();
    item.setSaveDialogOptions({ title: texts().save(name), defaultPath: join(lastDirectory, name) });
    // The page hears nothing of it. `cancelled`: by a person, in the dialog.
    item.once('done', (_event, state) => {
      if (state === 'completed') lastDirectory = dirname(item.getSavePath());
      if (state === 'interrupted') tell(texts().notSaved(name, item.getSavePath()));
    });
  });
}
