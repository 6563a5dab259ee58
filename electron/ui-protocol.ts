import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { fileOf, pageHeaders, UI_SCHEME } from './page-address.ts';

/** Makes `app:` an origin like https, with storage and modules. Must be called before the app is ready. */
export function registerUiScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: UI_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the renderer's build in `root` at `app://switchyard/`. `channelUrl` names the engine's WebSocket, if there is one. */
export function setupUiProtocol(root: string, channelUrl: () => string | null): void {
  protocol.handle(UI_SCHEME, async ({ url, method }) => {
    const file = method === 'GET' ? fileOf(url, root) : null;
    if (file === null) return new Response('not found', { status: 404 });
    try {
      return new Response(new Uint8Array(await readFile(file)), { headers: pageHeaders(file, channelUrl()) });
    } catch {
      return new Response('not found', { status: 404 });
    }
  });
}
