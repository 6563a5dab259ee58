/** Electron main: windows and the operating system. Exchanges never pass through here. */
import { join, resolve } from 'node:path';
import { app, BrowserWindow, session } from 'electron';
import { argumentsOf, configArgument, type Start } from './config-argument.ts';
import { setupDownloads } from './downloads.ts';
import { type Engine, setupEngineProcess } from './engine-process.ts';
import { setupGuards, setupPermissions } from './guards.ts';
import { setupLanguage } from './language.ts';
import { showMenu } from './menu.ts';
import { originOf, UI_ORIGIN } from './page-address.ts';
import { tell } from './tell.ts';
import type { Texts } from './texts.ts';
import { registerUiScheme, setupUiProtocol } from './ui-protocol.ts';
import { type UserData, userDataIn } from './user-data.ts';
import { focusWindow, openWindow } from './window.ts';

/** Vite's address while developing; a packed app shows its own build only. */
const developmentUrl = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const pageUrl = developmentUrl ?? `${UI_ORIGIN}/`;
const pageOrigin = originOf(pageUrl) ?? UI_ORIGIN;
const argument = configArgument(process.argv);
const givenConfig = argument === null ? null : resolve(argument);

function main(): void {
  // Of a terminal that was closed: Electron would take it for a mistake in here, and stop at a dialog.
  process.stderr.on('error', () => {});
  const userData = userDataIn(() => app.getPath('userData'), app.getPath('temp'));
  if (userData.problem !== undefined) app.setPath('userData', userData.directory);
  // Two engines on one config would fight for its ports.
  const start: Start = { configFile: givenConfig, args: process.argv.slice(1) };
  if (!app.requestSingleInstanceLock(start)) return app.quit();
  registerUiScheme();
  void app.whenReady().then(() => run(userData));
}

async function run({ directory, problem }: UserData): Promise<void> {
  const restart = () => void engine.restart();
  const texts = setupLanguage(pageOrigin, () => showMenu(texts(), restart));
  setupGuards(pageOrigin, texts);
  setupPermissions(session.defaultSession, pageOrigin);
  setupDownloads(session.defaultSession, pageOrigin, texts);
  const engine = setupEngineProcess({ pageOrigin, configFile: configFile() });
  setupUiProtocol(join(__dirname, '../renderer'), () => engine.channel()?.url ?? null);
  showMenu(texts(), restart);
  setupQuit(engine);
  await engine.reachable;
  showWindow(texts);
  if (problem !== undefined) tell(texts().standsIn(problem, directory));
  app.on('second-instance', (_event, _args, _directory, other) => startedAgain(other as Start, texts));
  app.on('activate', () => showWindow(texts));
}

/** The config that was asked for, or the app's own. */
function configFile(): string {
  return givenConfig ?? join(app.getPath('userData'), 'switchyard.yaml');
}

/** Another start, with a config of its own perhaps: it has ended itself, and cannot say so. */
function startedAgain({ configFile: other }: Start, texts: () => Texts): void {
  showWindow(texts);
  if (other !== null && other !== configFile()) tell(texts().runsAlready(configFile(), other));
}

function showWindow(texts: () => Texts): void {
  const [window] = BrowserWindow.getAllWindows();
  if (window) focusWindow(window);
  else openWindow(pageUrl, texts);
}

/** Ends with the last window, except on macOS; lets the engine drain first. */
function setupQuit(engine: Engine): void {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.once('will-quit', (event) => {
    event.preventDefault();
    // A window would not outlive this; who starts it now gets it when this has ended.
    app
      .removeAllListeners('second-instance')
      .once('second-instance', (_event, _args, _directory, other) =>
        app.relaunch({ args: argumentsOf(other as Start) }),
      );
    // Not before this event is over: Electron ignores a call while it decides.
    void engine.stop().finally(() => setImmediate(() => app.quit()));
  });
}

main();
