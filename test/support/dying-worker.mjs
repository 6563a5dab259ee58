// Loaded before the engine: its first worker ends when there is a file of the name in DIES_WHEN.
import { existsSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

if (!isMainThread && workerData?.thread?.worker === 1)
  setInterval(() => existsSync(process.env.DIES_WHEN) && process.exit(7), 20);
