import { vi } from 'vitest';

/** Resolves when `holds` throws no more; the time of fake timers goes on meanwhile. */
export function soon(holds: () => void, intervalMs = 50): Promise<void> {
  return vi.waitFor(holds, { timeout: 30_000, interval: intervalMs });
}
