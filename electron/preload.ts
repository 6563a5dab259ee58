/** The only bridge into the page: named functions, nothing that could send an arbitrary message to main. */
import { contextBridge, ipcRenderer } from 'electron';
import { type Desktop, type EngineProcessStatus, PORT_MESSAGE } from '../renderer/api/desktop.ts';
import { ipc } from './ipc.ts';

let latestStatus: EngineProcessStatus | null = null;
const statusListeners: ((status: EngineProcessStatus) => void)[] = [];

ipcRenderer.on(ipc.engineStatus, (_event, status: EngineProcessStatus) => {
  latestStatus = status;
  for (const listener of statusListeners) listener(status);
});

// A MessagePort cannot cross the context bridge; the page's own message event can carry it.
ipcRenderer.on(ipc.enginePort, (event) => window.postMessage(PORT_MESSAGE, location.origin, event.ports));

// The page's module scripts have run by then: whoever waits for the port listens.
window.addEventListener('DOMContentLoaded', () => ipcRenderer.send(ipc.pageReady));

const channel = ipcRenderer.sendSync(ipc.engineChannel) as Desktop['channel'] | null;

const desktop: Desktop = {
  platform: process.platform,
  onEngineStatus(callback) {
    statusListeners.push(callback);
    if (latestStatus) callback(latestStatus);
  },
  onCommand: (callback) => void ipcRenderer.on(ipc.command, (_event, id: string) => callback(id)),
  setLanguage: (language) => ipcRenderer.send(ipc.language, language),
  ...(channel && { channel }),
};

contextBridge.exposeInMainWorld('desktop', desktop);
