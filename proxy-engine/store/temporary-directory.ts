/** Where recordings live that do not outlive their process. What processes left that were killed goes when the next one begins. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, ownerOf } from './disk/owner.ts';
import { openDatabase } from './index/index-database.ts';

const PREFIX = 'switchyard-capture-';

/** Throws what the system says when none can be made. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  // There may be gigabytes to give back, which nobody waits for.
  for (const left of leftOvers()) void rm(left, { recursive: true }).catch(() => {});
  return directory;
}

function leftOvers(): string[] {
  try {
    const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
    return names.map((name) => join(tmpdir(), name)).filter(isLeftOver);
  } catch {
    // One may write there and not look.
    return [];
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
