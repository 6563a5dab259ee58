import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen, type WebContents } from 'electron';
import { restartDelayMs } from './engine-supervisor.ts';
import { setupTextMenu } from './menu.ts';
import type { Texts } from './texts.ts';
import { type Rectangle, readWindowState, shiftOf, writeWindowState } from './window-state.ts';

/** The page's own background, so that nothing flashes before it has painted. */
const BACKGROUND = { dark: '#0f1216', light: '#f7f8fa' };

/** Opens the window on `address`, where it was when it was last closed. */
export function openWindow(address: string, texts: () => Texts): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json');
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const { bounds, maximized } = readWindowState(stateFile, screens);
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...bounds,
    minWidth: 760,
    minHeight: 480,
    show: false,
    title: 'Switchyard',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: join(__dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: !app.isPackaged,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    // Not before: its size without that would be forgotten.
    if (maximized) window.maximize();
    window.show();
  });
  keepState(window, stateFile, bounds);
  setupTextMenu(window.webContents, texts);
  loadAgainWhenGone(window.webContents);
  window.webContents.on('will-prevent-unload', (event) => {
    if (isLeft(window, texts().leave)) event.preventDefault();
  });
  void window.loadURL(address);
  return window;
}

/** Writes size and place when it closes; `asked` is where it was to open. */
function keepState(window: BrowserWindow, file: string, asked: Rectangle | undefined): void {
  let shift = { x: 0, y: 0 };
  if (asked) window.once('focus', () => (shift = shiftOf(asked, window.getNormalBounds())));
  window.on('close', () => {
    const { x, y, ...size } = window.getNormalBounds();
    writeWindowState(file, { bounds: { x: x - shift.x, y: y - shift.y, ...size }, maximized: window.isMaximized() });
  });
}

/** The page has something that is typed and not saved. Electron waits for the answer: the window closes, or stays. */
function isLeft(window: BrowserWindow, leave: Texts['leave']): boolean {
  return (
    dialog.showMessageBoxSync(window, { type: 'question', title: app.name, ...leave, defaultId: 1, cancelId: 1 }) === 0
  );
}

/** The page's process may die, as of memory: the window would stay blank. The engine goes on meanwhile. */
function loadAgainWhenGone(contents: WebContents): void {
  let times = 0;
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    setTimeout(() => contents.isDestroyed() || contents.reload(), restartDelayMs(++times));
  });
}

/** Brings the window back to where a person sees it. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
