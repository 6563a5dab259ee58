/** Electron main: windows and the operating system. Exchanges never pass through here. */
import { join, resolve } from 'node:path';
import { app, BrowserWindow, session } from 'electron';
import { setupDownloads } from './downloads.ts';
import { type Engine, setupEngineProcess } from './engine-process.ts';
import { setupGuards, setupPermissions } from './guards.ts';
import { setupMenu } from './menu.ts';
import { originOf, UI_ORIGIN } from './page-address.ts';
import { registerUiScheme, setupUiProtocol } from './ui-protocol.ts';
import { focusWindow, openWindow } from './window.ts';

/** Vite's address while developing; a packed app shows its own build only. */
const developmentUrl = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const pageUrl = developmentUrl ?? `${UI_ORIGIN}/`;
const pageOrigin = originOf(pageUrl) ?? UI_ORIGIN;

function main(): void {
  // Two engines on one config would fight for its ports.
  if (!app.requestSingleInstanceLock()) return app.quit();
  registerUiScheme();
  setupGuards(pageOrigin);
  void app.whenReady().then(start);
}

async function start(): Promise<void> {
  setupPermissions(session.defaultSession, pageOrigin);
  setupDownloads(session.defaultSession, pageOrigin);
  const engine = setupEngineProcess({ pageOrigin, configFile: configFile() });
  setupUiProtocol(join(__dirname, '../renderer'), () => engine.channel()?.url ?? null);
  setupMenu(() => void engine.restart());
  setupQuit(engine);
  await engine.reachable;
  openWindow(pageUrl);
  app.on('second-instance', showWindow);
  app.on('activate', showWindow);
}

/** `--config=FILE`, or the app's own. */
function configFile(): string {
  const given = app.commandLine.getSwitchValue('config');
  return given === '' ? join(app.getPath('userData'), 'switchyard.yaml') : resolve(given);
}

function showWindow(): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window) focusWindow(window);
  else openWindow(pageUrl);
}

/** Ends with the last window, except on macOS; lets the engine drain first. */
function setupQuit(engine: Engine): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.once('will-quit', (event) => {
    event.preventDefault();
    // Not before this event is over: Electron ignores a call while it decides.
    void engine.stop().finally(() => setImmediate(() => app.quit()));
  });
}

main();
