import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureStore } from './capture-store.ts';
import { MemoryStore } from './memory-store.ts';
import { ThreadedStore, type ThreadedStoreOptions } from './thread/threaded-store.ts';

/** `directory` null: recordings do not outlive the process. */
export type StoreOptions = Omit<ThreadedStoreOptions, 'directory' | 'saved'> & {
  directory: string | null;
  /** Absent: what is saved does not outlive the process either. */
  saved?: string | undefined;
};

/**
 * The store in that directory; where it cannot be used, in a temporary one; where this runtime has no SQLite, in memory. The
 * state of the recording says so.
 */
export async function openStore(options: StoreOptions): Promise<CaptureStore> {
  if (!hasSqlite()) return new MemoryStore({ ...options, note: 'kept in memory: this runtime has no node:sqlite' });
  const { directory } = options;
  if (directory === null) return openTemporary(options, null);
  try {
    return await ThreadedStore.open({ ...options, directory, saved: options.saved ?? join(directory, 'saved') });
  } catch (error) {
    const note = `kept in a temporary directory, because ${directory} cannot be used: ${(error as Error).message}`;
    return openTemporary(options, note);
  }
}

function hasSqlite(): boolean {
  return typeof process.getBuiltinModule === 'function' && process.getBuiltinModule('node:sqlite') !== undefined;
}

async function openTemporary(options: StoreOptions, note: string | null): Promise<CaptureStore> {
  // Not before it is known that this runtime has SQLite.
  const { temporaryDirectory } = await import('./temporary-directory.ts');
  let made: string | null = null;
  try {
    const directory = (made = temporaryDirectory());
    const saved = options.saved ?? join(directory, 'saved');
    const store = await ThreadedStore.open({
      ...options,
      directory,
      saved,
      note,
      temporary: true,
      onClosed: () => remove(directory),
    });
    // Also when nobody closes it.
    process.once('exit', () => remove(directory));
    return store;
  } catch (error) {
    if (made !== null) remove(made);
    return new MemoryStore({ ...options, note: `kept in memory: ${(error as Error).message}` });
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
