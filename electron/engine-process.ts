import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import { launchNode, launchUtility } from './engine-launchers.ts';
import { type EngineChannel, EngineSupervisor } from './engine-supervisor.ts';
import { ipc } from './ipc.ts';
import { isFromPage } from './sender.ts';

export interface EngineOptions {
  pageOrigin: string;
  configFile: string;
}

export interface Engine {
  /** The engine's WebSocket; null when windows get MessagePorts. */
  channel(): EngineChannel | null;
  /** Resolves when a window knows how to reach the engine, or that it cannot. */
  reachable: Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the engine, keeps it running, and gives every window that is ready a way to it. */
export function setupEngineProcess({ pageOrigin, configFile }: EngineOptions): Engine {
  const nodePath = otherNode();
  const entry = join(__dirname, 'engine.cjs');
  const pages = new Set<WebContents>();
  let becomeReachable = (): void => {};
  const reachable = new Promise<void>((resolve) => {
    becomeReachable = resolve;
  });

  const supervisor = new EngineSupervisor<MessagePortMain>({
    launch: () => (nodePath ? launchNode(entry, nodePath) : launchUtility(entry)),
    startMessage: (channel) => ({
      type: 'start',
      configFile,
      dataDir: join(app.getPath('userData'), 'data'),
      version: app.getVersion(),
      webSocket: nodePath !== undefined,
      origin: pageOrigin,
      ...(channel && { channel }),
    }),
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    onStatus(status) {
      becomeReachable();
      for (const { webContents } of BrowserWindow.getAllWindows()) webContents.send(ipc.engineStatus, status);
    },
    onReady() {
      for (const page of pages) connect(page);
    },
  });

  function connect(page: WebContents): void {
    if (nodePath || supervisor.status?.state !== 'running') return;
    const { port1, port2 } = new MessageChannelMain();
    if (supervisor.connect(port1)) page.postMessage(ipc.enginePort, null, [port2]);
  }

  ipcMain.on(ipc.pageReady, (event) => {
    if (!isFromPage(event, pageOrigin)) return;
    const page = event.sender;
    if (!pages.has(page)) page.once('destroyed', () => pages.delete(page));
    pages.add(page);
    if (supervisor.status) page.send(ipc.engineStatus, supervisor.status);
    connect(page);
  });
  ipcMain.on(ipc.engineChannel, (event) => {
    event.returnValue = isFromPage(event, pageOrigin) ? supervisor.channel : null;
  });

  supervisor.start();
  return {
    channel: () => supervisor.channel,
    reachable: nodePath ? reachable : Promise.resolve(),
    restart: () => supervisor.restart(),
    stop: () => supervisor.stop(),
  };
}

/** For development. A packed app runs its engine in its own Node: another one cannot read the archive that it is packed in. */
function otherNode(): string | undefined {
  const nodePath = process.env.SWITCHYARD_ENGINE_NODE;
  if (nodePath === undefined || !app.isPackaged) return nodePath;
  process.stderr.write(
    'switchyard: SWITCHYARD_ENGINE_NODE is not used: another Node cannot read what a packed app is made of\n',
  );
  return undefined;
}
