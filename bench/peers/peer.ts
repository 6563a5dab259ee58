/** A proxy that is measured beside others: it forwards a port to the three backends, round robin, connections kept. */
import { join } from 'node:path';
import { isInstalled, type Running } from '../run-program.ts';

export interface Peer {
  name: string;
  /** The program that has to be there. */
  program: string;
  /** Beside those in Debian: a package of npm, installed into a cache of the bench's own. */
  npm?: string;
  /** Whether its code is compiled while it runs: it is measured after that. */
  compiles?: boolean;
  /** `dir`: a fresh directory of its own. */
  start(dir: string, port: number): Promise<Running>;
}

/** What its clients speak, and what its backends do. */
export interface Wire {
  in: 'http1' | 'http2' | 'tls';
  out: 'http1' | 'tls';
}

export const CLEAR: Wire = { in: 'http1', out: 'http1' };

export const SWITCHYARD = join(import.meta.dirname, '../../bin/switchyard');

/** Those whose program is there. */
export async function present<P extends { program: string }>(peers: readonly P[]): Promise<P[]> {
  const there = await Promise.all(peers.map(({ program }) => isInstalled(program)));
  return peers.filter((_, index) => there[index]);
}
