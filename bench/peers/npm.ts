/** Debugging proxies and a proxy library from npm, installed into a cache of the bench's own: they are no part of Switchyard. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { output, start } from '../run-program.ts';
import type { Peer } from './peer.ts';

const PACKAGES = { mockttp: '4.6.5', 'http-proxy': '1.18.1', whistle: '2.10.10' } as const;
type Package = keyof typeof PACKAGES;

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'switchyard-bench');
const PROGRAM = join(import.meta.dirname, 'npm-peer.mjs');

/** `mode`: what kind of proxy it is; whistle is a forward proxy only. */
export function npmPeer(name: Package, mode: 'reverse' | 'tunnel' | 'intercept' = 'reverse'): Peer {
  return {
    name,
    program: process.execPath,
    npm: name,
    compiles: mode === 'reverse' && name === 'http-proxy',
    start: (dir, port) =>
      start(process.execPath, [PROGRAM, name, mode, String(port), dir], port, { BENCH_CACHE: CACHE }),
  };
}

/** Installs what is missing. False: the registry cannot be reached, and those peers are left out. */
export async function installNpmPeers(): Promise<boolean> {
  const names = Object.keys(PACKAGES) as Package[];
  if (names.every((name) => existsSync(join(CACHE, 'node_modules', name)))) return true;
  await mkdir(CACHE, { recursive: true });
  await writeFile(join(CACHE, 'package.json'), JSON.stringify({ private: true }));
  const wanted = names.map((name) => `${name}@${PACKAGES[name]}`);
  return output('npm', ['install', '--prefix', CACHE, '--no-audit', '--no-fund', ...wanted]).then(
    () => true,
    () => false,
  );
}
