import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchFiles } from '../../proxy-engine/host/file-watch.ts';

test.each(['ENOSPC', 'EMFILE'])('a change is seen where the system gives no watch (%s)', async (code) => {
  vi.spyOn(fs, 'watch').mockImplementation(() => {
    throw Object.assign(new Error(`${code}: no more watches`), { code });
  });
  syncBuiltinESMExports();
  const directory = mkdtempSync(join(tmpdir(), 'file-watch-'));
  const file = join(directory, 'config.yaml');
  writeFileSync(file, 'version: 1\n');
  let changes = 0;
  const watch = watchFiles([file], () => changes++);
  onTestFinished(async () => {
    await watch.close();
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    rmSync(directory, { recursive: true });
  });
  await watch.ready;
  await expect.poll(() => changes).toBe(1);
  writeFileSync(file, 'version: 1 # changed\n');
  await expect.poll(() => changes).toBe(2);
});
