import { app, BrowserWindow, Menu } from 'electron';
import { commandDefinitions } from '../renderer/commands/registry.ts';
import { ipc } from './ipc.ts';
import { menuTemplate } from './menu-template.ts';

/** The native menu; a chosen command runs in the window that has the focus. */
export function setupMenu(restartEngine: () => void): void {
  const template = menuTemplate({
    commands: commandDefinitions,
    mac: process.platform === 'darwin',
    development: !app.isPackaged,
    run: (id) =>
      (BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0])?.webContents.send(ipc.command, id),
    restartEngine,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
