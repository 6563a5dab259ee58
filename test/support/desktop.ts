/** The real app in a real Electron, for tests. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';
import { complaintsOf } from './complaints.ts';
import { electronMajor, electronRuntime } from './electron-runtime.ts';

const root = join(import.meta.dirname, '../..');
/** The first Electron whose Node runs the engine as it is. */
const FIRST_FIT_MAJOR = 40;
/** A busy machine may take its time. */
const START_MS = 120_000;

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  /** What the page complained about: errors and violations of its content security policy. */
  complaints: string[];
  close(): Promise<void>;
}

export interface DesktopOptions {
  config: string;
  /** `utility`: what ships. `node`: the engine in the Node that runs the tests. */
  engine: 'utility' | 'node';
}

/** Starts the built app on `config`, with directories of its own. */
export async function openDesktop({ config, engine }: DesktopOptions): Promise<Desktop> {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-desktop-'));
  const configFile = join(directory, 'switchyard.yaml');
  writeFileSync(configFile, config);
  const app = await electron.launch({
    executablePath: join(electronRuntime(), 'electron'),
    args: [testableApp(), '--disable-gpu', `--user-data-dir=${join(directory, 'user-data')}`, `--config=${configFile}`],
    cwd: directory,
    env: environment(engine),
    timeout: START_MS,
  });
  const page = await app.firstWindow({ timeout: START_MS });
  page.setDefaultTimeout(30_000);
  const complaints = complaintsOf(page);
  return {
    app,
    page,
    complaints,
    async close() {
      await app.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The window speaks as its system does: English here, wherever the tests run. */
export const ENGLISH = { LANGUAGE: 'en', LC_ALL: 'en_US.UTF-8', LANG: 'en_US.UTF-8' };

function environment(engine: DesktopOptions['engine']): Record<string, string> {
  const { SWITCHYARD_ENGINE_NODE: _, ...inherited } = process.env as Record<string, string>;
  const english = { ...inherited, ...ENGLISH };
  return engine === 'node' ? { ...english, SWITCHYARD_ENGINE_NODE: process.execPath } : english;
}

/**
 * The directory of an app that this Electron can run: the project itself, or, where Electron's Node is older than the engine
 * needs, a copy of the build whose engine is given first what that Node lacks.
 */
export function testableApp(): string {
  if (electronMajor(electronRuntime()) >= FIRST_FIT_MAJOR) return root;
  const directory = join(root, '.cache/electron-app');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const part of ['out', 'assets', 'package.json'])
    if (existsSync(join(root, part))) cpSync(join(root, part), join(directory, part), { recursive: true });
  const entry = join(directory, 'out/main/engine.cjs');
  const shim = readFileSync(join(import.meta.dirname, 'electron-node18-shim.cjs'), 'utf8');
  writeFileSync(join(directory, 'out/main/shim.cjs'), shim);
  writeFileSync(entry, `require('./shim.cjs');\n${readFileSync(entry, 'utf8')}`);
  return directory;
}
