/** Brings up engine, config and control port in one process; both launchers start here. */
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { EngineInfo } from '../contract/channel.ts';
import { Channels } from './channel.ts';
import { type ReadConfig, readConfigToRun, readConfigWithCopies } from './config-file.ts';
import {
  authorityDirectory,
  descriptorsDirectory,
  drillsDirectory,
  recordingsDirectory,
  sharedDirectory,
} from './data-directory.ts';
import { EngineHost, emptyConfig } from './engine-host.ts';
import type { RunningEngine } from './running-engine.ts';
import { SharedSets } from './shared/shared-sets.ts';
import type { WebServer, WebServerOptions } from './web-server.ts';

export interface LaunchOptions {
  /** Absent: an empty config that is in no file. */
  configFile?: string;
  /** Where recorded exchanges live; absent: they do not outlive the process. The local authority then lives in the usual place. */
  dataDir?: string;
  /** Whether exchanges are recorded. */
  capture: boolean;
  /** How many threads carry exchanges; default 1. */
  workers?: number;
  host: EngineInfo['host'];
  version: string;
  /** null: no control port. */
  web: WebServerOptions | null;
}

export interface Launched {
  host: EngineHost;
  channels: Channels;
  web: WebServer | null;
  /** Gives exchanges in flight `drainMs`, then ends everything. */
  close(drainMs: number): Promise<void>;
}

/** A port of our own is taken or may not be used; which one stands in the message. */
export class CannotListen extends Error {}

/** Throws `UnreadableFile`, `ConfigError` (the document, or the engine cannot run it) or `CannotListen` (the control port). */
export async function launch(options: LaunchOptions): Promise<Launched> {
  // Read before the engine is loaded: a mistake in the file is told at once.
  const shared = new SharedSets(sharedDirectory(options.dataDir));
  const config = await readInitialConfig(options.configFile, shared);
  const engine = await createEngine(options);
  try {
    const info: EngineInfo = { version: options.version, host: options.host, platform: process.platform };
    const journalDirectory = drillsDirectory(options.dataDir);
    const reports = options.dataDir === undefined ? undefined : journalDirectory;
    const host = await EngineHost.start({
      info,
      engine,
      config,
      shared,
      drillsDirectory: reports,
      descriptorsDirectory: descriptorsDirectory(options.dataDir),
      journalDirectory,
    });
    // When those who want to hear of it listen.
    setImmediate(() => host.drills.mendLeftBehind());
    const channels = new Channels(host, systemClock);
    const web = options.web && (await listen(host, channels, options.web));
    if (web) engine.reserve(new URL(web.origin).host);
    // Only where somebody can look at it.
    if (web || options.host === 'desktop') host.onClose(host.history.start(systemClock, () => engine.state()));
    return { host, channels, web, close: (drainMs) => close(host, channels, web, drainMs) };
  } catch (error) {
    await engine.close(0);
    await shared.close();
    throw error;
  }
}

async function readInitialConfig(file: string | undefined, shared: SharedSets): Promise<ReadConfig> {
  if (file === undefined) return emptyConfig(process.cwd());
  try {
    return await readConfigWithCopies(readConfigToRun(file), shared);
  } catch (error) {
    await shared.close();
    throw error;
  }
}

async function createEngine({ dataDir, capture, version, workers = 1 }: LaunchOptions): Promise<RunningEngine> {
  const { Engine } = await import('../engine.ts');
  // For comparison only: `SWITCHYARD_UPSTREAM=undici` sends through undici instead of the codec.
  const upstream = process.env.SWITCHYARD_UPSTREAM === 'undici' ? 'undici' : 'codec';
  const recordings = dataDir === undefined ? null : join(dataDir, 'capture');
  const saved = recordingsDirectory(dataDir);
  const authorityDir = authorityDirectory(dataDir);
  return Engine.create({ recordings, saved, authorityDir, capture, version, upstream, workers });
}

async function listen(host: EngineHost, channels: Channels, options: WebServerOptions): Promise<WebServer> {
  const { startWebServer } = await import('./web-server.ts');
  try {
    return await startWebServer(host, channels, options);
  } catch (error) {
    throw new CannotListen(`the web UI cannot listen on ${options.hostname}:${options.port}: ${listenReason(error)}`, {
      cause: error,
    });
  }
}

function listenReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return 'the port is taken (EADDRINUSE); stop the other program, or choose another with --ui HOST:PORT';
  if (code === 'EACCES') return 'not permitted (EACCES); choose a port above 1023 with --ui HOST:PORT';
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `this machine has no such address (${code}); choose another with --ui HOST:PORT`;
  return message;
}

async function close(host: EngineHost, channels: Channels, web: WebServer | null, drainMs: number): Promise<void> {
  await host.close(drainMs);
  channels.close();
  await web?.close();
}
