/** Entry of the engine process that Electron main starts. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { ToWindow } from '../contract/channel.ts';
import type { ChannelPort } from './channel.ts';
import { reasonOf } from './config/reason.ts';
import { type Launched, launch } from './launch.ts';
import type { FromEngineProcess, ToEngineProcess } from './process-messages.ts';
import { createToken } from './request-guard.ts';

const STOP_DRAIN_MS = 1000;
const FIRST_CONFIG = `# Switchyard's config. The window writes it; it may be edited here as well.
version: 1
`;

/** The port of Electron's MessagePortMain and of Node's MessagePort, as far as they are alike. */
type TransferredPort = Pick<MessagePort, 'postMessage' | 'start' | 'close'> & {
  on(event: 'message', listener: (event: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
};

interface Parent {
  send(message: FromEngineProcess): void;
  onMessage(listener: (message: ToEngineProcess, ports: TransferredPort[]) => void): void;
}

function findParent(): Parent | null {
  const { parentPort } = process as unknown as { parentPort?: UtilityParentPort };
  if (parentPort)
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data, ports }) => listener(data, ports)),
    };
  if (!process.send) return null;
  return {
    send: (message) => process.send?.(message),
    onMessage(listener) {
      process.on('message', (message) => listener(message as ToEngineProcess, []));
      // Without its parent nobody could stop it.
      process.on('disconnect', () => process.exit(0));
    },
  };
}

interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: ToEngineProcess; ports: TransferredPort[] }) => void): void;
}

function serve(parent: Parent): void {
  let launched: Launched | null = null;
  parent.onMessage((message, ports) => {
    switch (message.type) {
      case 'start':
        void start(message, parent).then((started) => (launched = started));
        return;
      case 'port':
        for (const port of ports) launched?.channels.open(messagePortChannel(port));
        return;
      case 'stop':
        void Promise.resolve(launched?.close(message.drainMs ?? STOP_DRAIN_MS)).finally(() => process.exit(0));
    }
  });
}

async function start(message: Extract<ToEngineProcess, { type: 'start' }>, parent: Parent): Promise<Launched | null> {
  const { configFile, dataDir, version, webSocket, origin, channel: previous } = message;
  const token = previous?.token ?? createToken();
  const web = {
    hostname: '127.0.0.1',
    port: previous ? Number(new URL(previous.url).port) : 0,
    token,
    rendererDir: null,
    allowedOrigins: origin === undefined ? [] : [origin],
  };
  try {
    if (configFile !== undefined) makeFirstConfig(configFile);
    const launched = await launch({
      configFile,
      dataDir,
      version,
      capture: true,
      host: 'desktop',
      web: webSocket ? web : null,
    });
    await launched.host.watchFile();
    const channel = launched.web && { url: `${launched.web.origin.replace('http:', 'ws:')}/channel`, token };
    parent.send(channel ? { type: 'ready', channel } : { type: 'ready' });
    return launched;
  } catch (error) {
    parent.send({ type: 'failed', message: reasonOf(error) });
    // Leaves the message time to be delivered.
    setTimeout(() => process.exit(2), 100);
    return null;
  }
}

function makeFirstConfig(file: string): void {
  if (existsSync(file)) return;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, FIRST_CONFIG);
  } catch (error) {
    throw new Error(`${file} is not there and cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

/** Electron wraps what arrives in an event, Node hands it over bare. */
export function messagePortChannel(port: TransferredPort): ChannelPort {
  return {
    post: (message: ToWindow) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', (event) => listener(isEvent(event) ? event.data : event));
      port.start();
    },
    onClose: (listener) => port.on('close', listener),
  };
}

function isEvent(value: unknown): value is { data: unknown } {
  return typeof value === 'object' && value !== null && 'data' in value;
}

const parent = findParent();
if (parent) serve(parent);
