/** Electron main: windows and the operating system. Exchanges never pass through here. */
import { join, resolve } from 'node:path';
import { app, BrowserWindow, dialog, session } from 'electron';
import { configArgument } from './config-argument.ts';
import { setupDownloads } from './downloads.ts';
import { type Engine, setupEngineProcess } from './engine-process.ts';
import { setupGuards, setupPermissions } from './guards.ts';
import { setupMenu } from './menu.ts';
import { originOf, UI_ORIGIN } from './page-address.ts';
import { registerUiScheme, setupUiProtocol } from './ui-protocol.ts';
import { userDataIn } from './user-data.ts';
import { focusWindow, openWindow } from './window.ts';

/** Vite's address while developing; a packed app shows its own build only. */
const developmentUrl = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
const pageUrl = developmentUrl ?? `${UI_ORIGIN}/`;
const pageOrigin = originOf(pageUrl) ?? UI_ORIGIN;
const argument = configArgument(process.argv);
const givenConfig = argument === null ? null : resolve(argument);

function main(): void {
  const { directory, problem } = userDataIn(() => app.getPath('userData'), app.getPath('temp'));
  if (problem !== undefined) app.setPath('userData', directory);
  // Two engines on one config would fight for its ports.
  if (!app.requestSingleInstanceLock({ configFile: givenConfig })) return app.quit();
  registerUiScheme();
  setupGuards(pageOrigin);
  void app.whenReady().then(() => start(problem));
}

async function start(problem: string | undefined): Promise<void> {
  setupPermissions(session.defaultSession, pageOrigin);
  setupDownloads(session.defaultSession, pageOrigin);
  const engine = setupEngineProcess({ pageOrigin, configFile: configFile() });
  setupUiProtocol(join(__dirname, '../renderer'), () => engine.channel()?.url ?? null);
  setupMenu(() => void engine.restart());
  setupQuit(engine);
  await engine.reachable;
  openWindow(pageUrl);
  if (problem !== undefined) tell('What you do here will not be found at the next start.', problem);
  app.on('second-instance', (_event, _args, _directory, asked) => startedAgain(asked));
  app.on('activate', showWindow);
}

/** The config that was asked for, or the app's own. */
function configFile(): string {
  return givenConfig ?? join(app.getPath('userData'), 'switchyard.yaml');
}

/** Another start, with a config of its own perhaps: it has ended itself, and cannot say so. */
function startedAgain(asked: unknown): void {
  showWindow();
  const { configFile: other } = asked as { configFile: string | null };
  if (other === null || other === configFile()) return;
  tell(
    'Switchyard runs already, with another config.',
    `It runs with ${configFile()}. Quit it to open ${other}, or start a second one beside it with a --user-data-dir of its own.`,
  );
}

function tell(message: string, detail: string): void {
  process.stderr.write(`switchyard: ${message} ${detail}\n`);
  void dialog.showMessageBox({ message, detail });
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
    // A window would not outlive this; who starts it now gets it when this has ended.
    app
      .removeAllListeners('second-instance')
      .once('second-instance', () => app.relaunch({ args: process.argv.slice(1) }));
    // Not before this event is over: Electron ignores a call while it decides.
    void engine.stop().finally(() => setImmediate(() => app.quit()));
  });
}

main();
