/** What no page may do here, whatever ends up in it: leave, open windows, embed, ask for permissions. */
import { app, dialog, type Session, shell, type WebContents } from 'electron';
import { isWebAddress, originOf } from './page-address.ts';
import type { Texts } from './texts.ts';

/** Copying a text is all the page ever asks the system for. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Guards every page that is made from now on; `pageOrigin` is the one of the window's own page. */
export function setupGuards(pageOrigin: string, texts: () => Texts): void {
  app.on('web-contents-created', (_event, contents) => {
    keepOnPage(contents, pageOrigin, texts);
    contents.setWindowOpenHandler(({ url }) => {
      void offerInBrowser(url, texts());
      return { action: 'deny' };
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Refuses permissions; Electron grants every one of them unless told otherwise. */
export function setupPermissions(session: Session, pageOrigin: string): void {
  const isAllowed = (permission: string, address: string): boolean =>
    ALLOWED_PERMISSIONS.has(permission) && originOf(address) === pageOrigin;
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isAllowed(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
}

function keepOnPage(contents: WebContents, pageOrigin: string, texts: () => Texts): void {
  contents.on('will-navigate', (event) => {
    if (originOf(event.url) === pageOrigin) return;
    event.preventDefault();
    void offerInBrowser(event.url, texts());
  });
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
}

/** Links lead to the system's browser, and only after a person said so: an address may come out of captured traffic. */
async function offerInBrowser(address: string, { openAddress }: Texts): Promise<void> {
  if (!isWebAddress(address)) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: app.name,
    ...openAddress,
    detail: address.slice(0, 500),
    defaultId: 1,
    cancelId: 1,
  });
  if (response === 0) await shell.openExternal(address);
}
