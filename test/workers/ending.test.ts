import type { MessagePort } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { Workers } from '../../proxy-engine/workers/workers.ts';

test('threads that are done sooner than others still tell what they have counted', async () => {
  const ports: MessagePort[] = [];
  onTestFinished(() => ports.forEach((port) => port.close()));
  const workers = await Workers.start({
    count: 2,
    data: {
      zeroMs: 0,
      turn: new SharedArrayBuffer(4),
      ids: new SharedArrayBuffer(8),
      via: 'test',
      authorityDir: null,
      capture: configSchema.parse({ version: 1 }).capture,
      recording: true,
      newestId: 0,
    },
    connectStore: (port) => void ports.push(port),
    runScript: () => Promise.reject(new Error('there is none')),
    pools: () => new Map(),
    onChange: () => {},
  });
  await workers.close(0);
  expect(await workers.counts()).toMatchObject([{ inFlight: 0 }]);
  await workers.recorded();
  await workers.end();
  expect(await workers.counts()).toEqual([]);
});
