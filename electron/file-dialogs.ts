import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { Desktop } from '../renderer/api/desktop.ts';
import { ipc } from './ipc.ts';
import { isFromPage } from './sender.ts';

const LARGEST_FILE_BYTES = 256 * 1024 ** 2;

const FILTERS = [
  { name: 'Configs and captures', extensions: ['yaml', 'yml', 'json', 'har', 'conf'] },
  { name: 'All files', extensions: ['*'] },
];

/** Lets the page read and write files that a person chose in the system's dialog, and no others. */
export function setupFileDialogs(pageOrigin: string): void {
  ipcMain.handle(ipc.openFile, async (event) => {
    return isFromPage(event, pageOrigin) ? openFile(windowOf(event)) : null;
  });
  ipcMain.handle(ipc.saveFile, async (event, name: unknown, text: unknown) => {
    if (!isFromPage(event, pageOrigin) || typeof name !== 'string' || typeof text !== 'string') return false;
    return saveFile(windowOf(event), name, text);
  });
}

function windowOf({ sender }: IpcMainInvokeEvent): BrowserWindow {
  const window = BrowserWindow.fromWebContents(sender);
  if (!window) throw new Error('the window is closed');
  return window;
}

async function openFile(window: BrowserWindow): ReturnType<Desktop['openFile']> {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'], filters: FILTERS });
  const [path] = filePaths;
  if (path === undefined) return null;
  const { size } = await stat(path);
  if (size > LARGEST_FILE_BYTES) throw new Error(`${basename(path)} is larger than 256 MiB`);
  return { name: basename(path), text: await readFile(path, 'utf8') };
}

async function saveFile(window: BrowserWindow, suggestedName: string, text: string): Promise<boolean> {
  const { filePath } = await dialog.showSaveDialog(window, { defaultPath: basename(suggestedName) });
  if (!filePath) return false;
  await writeFile(filePath, text);
  return true;
}
