import { onTestFinished } from 'vitest';

/** Closed when the test that it is made in ends; what was made last, first. */
export function kept<T extends { close(): unknown }>(item: T): T {
  onTestFinished(async () => void (await item.close()));
  return item;
}
