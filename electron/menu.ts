import { app, BrowserWindow, Menu, type WebContents } from 'electron';
import { commandDefinitions } from '../renderer/commands/registry.ts';
import { ipc } from './ipc.ts';
import { menuTemplate, textMenuTemplate } from './menu-template.ts';
import type { Texts } from './texts.ts';

/** The native menu; a chosen command runs in the window that has the focus. */
export function showMenu(texts: Texts, restartEngine: () => void): void {
  const template = menuTemplate({
    commands: commandDefinitions,
    texts,
    mac: process.platform === 'darwin',
    development: !app.isPackaged,
    run: (id) =>
      (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(ipc.command, id),
    restartEngine,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** A right click on a text has a menu, as in a browser; where the page has one of its own, it keeps this one away. */
export function setupTextMenu(contents: WebContents, texts: () => Texts): void {
  contents.on('context-menu', (_event, params) => {
    const template = textMenuTemplate(params, texts());
    if (template.length > 0) Menu.buildFromTemplate(template).popup();
  });
}
