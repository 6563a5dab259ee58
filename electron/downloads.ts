import type { Session } from 'electron';

/** What the page saves is its own (a blob that it has made); a person says in the system's dialog where it goes. Anything else is not fetched. */
export function setupDownloads(session: Session, pageOrigin: string): void {
  session.on('will-download', (event, item) => {
    if (item.getURL().startsWith(`blob:${pageOrigin}/`)) item.setSaveDialogOptions(saveDialog(item.getFilename()));
    else event.preventDefault();
  });
}

function saveDialog(name: string): { title: string; defaultPath: string } {
  return { title: `Save ${name}`, defaultPath: name };
}
