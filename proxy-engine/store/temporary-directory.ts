/** Where recordings live that do not outlive their process. What processes left that were killed goes when the next one begins. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, ownerOf } from './disk/owner.ts';
import { openDatabase } from './index/index-database.ts';

const PREFIX = 'switchyard-capture-';

export function temporaryDirectory(): string {
  removeLeftOvers();
  return mkdtempSync(join(tmpdir(), PREFIX));
}

/** There may be gigabytes to give back, which nobody waits for. */
function removeLeftOvers(): void {
  for (const name of readdirSync(tmpdir())) {
    const directory = join(tmpdir(), name);
    if (name.startsWith(PREFIX) && isLeftOver(directory)) void rm(directory, { recursive: true }).catch(() => {});
  }
}

/** In another container a process has another number: the index must be free as well. */
function isLeftOver(directory: string): boolean {
  const owner = ownerOf(directory);
  if (owner === null || isRunning(owner)) return false;
  try {
    openDatabase(join(directory, 'index.db'), false).close();
    return true;
  } catch {
    return false;
  }
}
