/** `switchyard` without a command: the window, or the same UI in the browser where there cannot be one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { productRoot } from '../product.ts';
import type { RunOptions } from './run.ts';

/** An app that ends with an error this early never showed a window. */
const STARTED_AFTER_MS = 4000;
const PROBE_TIMEOUT_MS = 5000;

/** `given`: the names of the options that were given; they are those of the web UI. */
export async function openDesktop(options: RunOptions, given: readonly string[]): Promise<void> {
  const problem = await tryDesktop(given);
  if (problem === null) return;
  process.stderr.write(
    `switchyard: no window: ${problem}; serving the web UI instead, open the address below in a browser\n`,
  );
  const { runDemo } = await import('./demo.ts');
  await runDemo(options);
}

/** Opens the window and waits for it to close; answers why there was none. */
async function tryDesktop(given: readonly string[]): Promise<string | null> {
  if (!hasDisplay(process.platform, process.env))
    return 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)';
  if (!existsSync(join(productRoot, 'out', 'main', 'index.cjs')))
    return 'the app is not built (`npm run build` does that)';
  const electron = await findElectron();
  if ('problem' in electron) return electron.problem;
  if (given.length > 0)
    process.stderr.write(
      `switchyard: ${given.join(', ')}: only for the web UI that stands in where there is no window, and left out here\n`,
    );
  return runElectron(electron.path);
}

export function hasDisplay(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

type Found = { path: string } | { problem: string };

/** The binary of the electron package, which it downloads at the first start. */
async function findElectron(): Promise<Found> {
  const directory = electronDirectory();
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return existing(join(override, 'electron'), 'ELECTRON_OVERRIDE_DIST_PATH has no electron in it');
  if (directory === null) return { problem: 'Electron is not installed (`npm ci` installs it)' };
  if (installedBinary(directory) === null && !(await download(directory)))
    return { problem: 'the Electron binary is missing and could not be downloaded' };
  return existing(installedBinary(directory) ?? '', 'the Electron binary is missing');
}

function electronDirectory(): string | null {
  try {
    return dirname(createRequire(join(productRoot, 'package.json')).resolve('electron/package.json'));
  } catch {
    return null;
  }
}

function installedBinary(directory: string): string | null {
  const pathFile = join(directory, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const binary = join(directory, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : null;
}

function existing(path: string, problem: string): Found {
  return path !== '' && existsSync(path) ? { path } : { problem };
}

async function download(directory: string): Promise<boolean> {
  if (!(await canDownload())) return false;
  process.stderr.write('switchyard: downloading Electron, once (about 110 MB)\n');
  const installer = spawn(process.execPath, [join(directory, 'install.js')], { stdio: 'ignore' });
  return (await exitCode(installer)) === 0;
}

/** Without a way out the installer would try for minutes. */
async function canDownload(): Promise<boolean> {
  const { ELECTRON_MIRROR: mirror = 'https://github.com/electron/electron/releases/' } = process.env;
  try {
    await fetch(mirror, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  }
}

async function runElectron(binary: string): Promise<string | null> {
  const startedAt = performance.now();
  // Set in terminals of programs that are made of Electron: it would be nothing but a Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  const app = spawn(binary, [productRoot], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.kill(signal));
  const code = await exitCode(app);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  if (code !== 0 && performance.now() - startedAt < STARTED_AFTER_MS) return `Electron ended at once (code ${code})`;
  process.exitCode = code === 0 ? 0 : 2;
  return null;
}

/** 0 as well for a child that a signal ended: someone asked for it. -1: it could not be started. */
function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (code, signal) => resolve(signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : (code ?? -1)));
  });
}
