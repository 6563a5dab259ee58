import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('a first config that cannot be made is told, and ends the process', async () => {
  const engine = fork(join(root, 'proxy-engine/host/engine-process.ts'), {
    execPath: join(root, 'node_modules/.bin/node'),
  });
  const ended = once(engine, 'exit');
  engine.send({ type: 'start', configFile: '/dev/null/a/switchyard.yaml', version: 'test', webSocket: false });
  const message = expect.stringMatching(/^\/dev\/null\/a\/switchyard\.yaml is not there and cannot be made: ENOTDIR/);
  expect(await once(engine, 'message')).toEqual([{ type: 'failed', message }, undefined]);
  expect(await ended).toEqual([2, null]);
});
