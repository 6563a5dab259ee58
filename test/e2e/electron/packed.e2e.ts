/** The packed app, out of its archive: what a person would install, with its fuses blown, started without any help of the driver's. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answeredBy, type Backend, send, startBackend } from '../../support/backend.ts';
import { gatewayConfig, scriptedRule } from '../../support/configs.ts';
import { ENGLISH } from '../../support/desktop.ts';
import { freePort } from '../../support/free-port.ts';
import { fusesOf, packApp } from '../../support/pack.ts';

let executable = '';
let directory = '';
let app: ChildProcess | undefined;
let browser: Browser;
let page: Page;
let backends: Backend[] = [];
let gateway = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'switchyard-packed-'));
  executable = unpacked(await packApp(), directory);
  backends = await Promise.all(['a', 'b'].map((name) => startBackend(name)));
  gateway = `127.0.0.1:${await freePort()}`;
  const config = join(directory, 'switchyard.yaml');
  writeFileSync(config, gatewayConfig(gateway, backends) + scriptedRule(directory));
  const args = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--config=${config}`];
  app = spawn(executable, [...args, `--user-data-dir=${join(directory, 'user-data')}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...ENGLISH },
  });
  browser = await chromium.connectOverCDP(await debuggerOf(app), { noDefaults: true });
  const [context] = browser.contexts();
  if (!context) throw new Error('the app has no page');
  page = context.pages()[0] ?? (await context.waitForEvent('page'));
});
afterAll(async () => {
  await browser?.close();
  await endOf(app);
  await Promise.all(backends.map((backend) => backend.close()));
  rmSync(directory, { recursive: true, force: true });
});

test('it shows its window, and a switch in it works', async () => {
  const switchOf = page.getByRole('switch', { name: 'api/a takes traffic' });
  await switchOf.click();
  await expect.poll(async () => new Set(await answeredBy(gateway, 4))).toEqual(new Set(['b']));
});

test('a script of a rule runs in its sandbox', async () => {
  await expect.poll(async () => (await send(gateway, '/scripted')).headers['x-by-script']).toBe('GET');
});

test('it shows the page that is packed in it', () => {
  expect(page.url()).toBe('app://switchyard/');
  expect(readdirSync(join(dirname(executable), 'resources'))).toContain('app.asar');
});

test('its fuses let the binary do nothing else', () => {
  // runAsNode off, cookies encrypted, NODE_OPTIONS off, --inspect off, asar integrity on, only from the asar.
  expect(fusesOf(executable).slice(0, 6)).toBe('010011');
});

/** The executable in the archive, which has one directory. */
function unpacked(archive: string, into: string): string {
  execFileSync('tar', ['-xzf', archive, '-C', into]);
  const [top = ''] = readdirSync(into);
  return join(into, top, 'switchyard');
}

async function endOf(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}

function debuggerOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', (code) => reject(new Error(`the app ended with code ${code}: ${text}`)));
    child.stderr?.on('data', (data: Buffer) => {
      text += data;
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    });
  });
}
