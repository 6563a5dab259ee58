import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OpenBrowsers } from '../../../proxy-engine/host/browser/open-browsers.ts';
import { temporaryDirectory } from '../../support/tls.ts';
import { until } from '../../support/until.ts';

it('what was opened is closed with the engine, and its profile goes', async () => {
  const directory = temporaryDirectory();
  const [browser, told] = [join(directory, 'browser'), join(directory, 'told')];
  writeFileSync(browser, `#!/bin/sh\necho "$1" > ${told}\nexec sleep 600\n`, { mode: 0o755 });
  const browsers = new OpenBrowsers();
  const options = { browser, proxy: '127.0.0.1:1', secureProxy: false, spkiHash: 'h', url: 'about:blank' };
  const pid = await browsers.open(options);
  await until(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'));
  const profile = readFileSync(told, 'utf8').trim().replace('--user-data-dir=', '');
  expect(existsSync(profile)).toBe(true);
  await browsers.close();
  expect(existsSync(profile)).toBe(false);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
