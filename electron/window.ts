import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import { restartDelayMs } from './engine-supervisor.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

/** The page's own background, so that nothing flashes before it has painted. */
const BACKGROUND = { dark: '#0f1216', light: '#f7f8fa' };

/** Opens the window on `address`, where it was when it was last closed. */
export function openWindow(address: string): BrowserWindow {
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
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () =>
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  loadAgainWhenGone(window.webContents);
  void window.loadURL(address);
  return window;
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
