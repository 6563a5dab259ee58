/** Tells when one of a set of files may have changed: once when it begins, then however an editor saves it, in place or by renaming. */
import { existsSync, statSync } from 'node:fs';
import type { FSWatcher, watch as Watch } from 'chokidar';

/** A file is read when it has been left alone for this long: editors write in several steps. */
const SETTLE_MS = 60;
/** A file that is away, or for which the system has no watch, is looked at this often. The directory of one that is away may be away with it. */
const AWAY_MS = 500;

export interface FileWatch {
  /** Resolves when changes are seen from now on. */
  readonly ready: Promise<void>;
  /** Replaces the set. */
  watch(files: readonly string[]): void;
  close(): Promise<void>;
}

export function watchFiles(files: readonly string[], onChange: () => void): FileWatch {
  let watched = new Set(files);
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | null = null;
  let awayTimer: NodeJS.Timeout | undefined;
  let closed = false;

  function changed(): void {
    if (timer) clearTimeout(timer);
    timer = setTimeout(settled, SETTLE_MS);
  }

  /** The next change may be on its way to us already: the files themselves know when they were written. */
  function settled(): void {
    if ([...watched].some(isBeingWritten)) return changed();
    lookForAway();
    onChange();
  }

  /** The watcher forgets a file that goes away. To add one that it knows changes nothing. */
  function lookForAway(): void {
    clearTimeout(awayTimer);
    if (closed) return; // adding would open the watcher again
    const away = [...watched].filter((file) => !existsSync(file));
    watcher?.add([...watched].filter((file) => !away.includes(file)));
    if (away.length > 0) awayTimer = setTimeout(() => (away.some(existsSync) ? changed() : lookForAway()), AWAY_MS);
  }

  function begin(watch: typeof Watch, usePolling: boolean): Promise<void> {
    const started = watch([...watched], { ignoreInitial: true, atomic: true, usePolling, interval: AWAY_MS });
    watcher = started;
    // A file that is gone for a moment is being replaced; a file that stays away is told when it is next read.
    started.on('all', changed);
    // What was written before it is watched is told by nobody else.
    started.once('ready', changed);
    return new Promise((resolve) => {
      started.once('ready', () => resolve());
      // Editors and bundlers take all watches that the system has (inotify: ENOSPC, EMFILE); then the files are asked.
      started.on('error', () => {
        if (usePolling || closed || watcher !== started) return;
        void started.close();
        resolve(begin(watch, true));
      });
    });
  }

  // Loaded after the engine is up: watching is not needed to be ready.
  const ready = import('chokidar').then(({ watch }) => (closed ? undefined : begin(watch, false)));

  return {
    ready,
    watch(next) {
      const wanted = new Set(next);
      watcher?.unwatch([...watched].filter((file) => !wanted.has(file)));
      watched = wanted;
      lookForAway();
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      clearTimeout(awayTimer);
      await watcher?.close();
    },
  };
}

function isBeingWritten(file: string): boolean {
  const ageMs = Date.now() - modifiedAt(file);
  return ageMs >= 0 && ageMs < SETTLE_MS; // less than 0: a clock that is not ours
}

/** 0: what is wrong with it is told when it is read. */
function modifiedAt(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
