import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporaryDirectory } from '../../support/tls.ts';

const root = join(import.meta.dirname, '../../..');

/** Starts the window with an Electron that prints what it was started with. */
async function withoutCommand(...options: string[]) {
  const directory = temporaryDirectory();
  const electron = '#!/bin/sh\necho "$@"; echo "as Node: $ELECTRON_RUN_AS_NODE"\n';
  writeFileSync(join(directory, 'electron'), electron, { mode: 0o755 });
  const env = { ELECTRON_OVERRIDE_DIST_PATH: directory, DISPLAY: ':0', ELECTRON_RUN_AS_NODE: '1' };
  const args = [join(root, 'proxy-engine/host/cli/main.ts'), ...options];
  return run(join(root, 'node_modules/.bin/node'), args, { env: { ...process.env, ...env } });
}

test('without a command the window is opened, also from the terminal of another program that is made of Electron', async () => {
  expect(await withoutCommand()).toMatchObject({ stdout: `${root}\nas Node: \n`, stderr: '' });
});

test('options that the window does not have are told', async () => {
  const { stderr } = await withoutCommand('--data', 'd', '--no-ui');
  expect(stderr).toBe(
    'switchyard: --no-ui, --data: only for the web UI that stands in where there is no window, and left out here\n',
  );
});
