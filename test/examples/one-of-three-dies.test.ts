/** The example as its head says: on the backends of `switchyard demo`, with the address that it printed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readyLine } from '../support/switchyard.ts';
import { run, temporaryDirectory } from '../support/tls.ts';

const root = join(import.meta.dirname, '../..');
const node = join(root, 'node_modules/.bin/node');
const main = join(root, 'proxy-engine/host/cli/main.ts');

test('no request fails while one of three dies', async () => {
  const args = [main, 'demo', '--quiet', '--ui', '127.0.0.1:0', '--data', temporaryDirectory()];
  const demo = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(async () => {
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  });
  const { ui = '' } = await readyLine(demo);
  const { stdout } = await run(node, [main, 'drill', join(root, 'examples/one-of-three-dies.yaml'), '--ui', ui]);
  expect(stdout).toContain('PASSED  One of three dies');
  expect(stdout).toMatch(/✓ failed = 0 +0\n/);
});
