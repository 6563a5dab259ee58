import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserOptions, launchBrowser } from './launch-browser.ts';

const CLOSE_WITHIN_MS = 2000;

/** The browsers that were opened from a window. They end with the engine: without it they reach nothing, and nobody would remove their profiles. */
export class OpenBrowsers {
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<void>>();

  /** Answers its process id; rejects when it cannot be started. */
  async open(options: Omit<BrowserOptions, 'signal'>): Promise<number> {
    const { child, gone } = await launchBrowser({ ...options, signal: this.#closing.signal });
    child.unref();
    this.#open.add(gone);
    void gone.then(() => this.#open.delete(gone));
    return child.pid ?? 0;
  }

  /** Resolves when they and their profiles are gone, after 2 s in any case. */
  async close(): Promise<void> {
    this.#closing.abort();
    const over = new AbortController();
    const late = delay(CLOSE_WITHIN_MS, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(this.#open), late]);
    over.abort();
  }
}
