/** The settings page in Chromium: listeners and capture limits changed in their forms take effect at once. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, goTo, launchBrowser, openWindow } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];

beforeAll(async () => {
  backend = await startBackend('a');
  switchyard = await runSwitchyard(`# kept\n${gatewayConfig('127.0.0.1:0', [backend])}`);
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
  await page.getByRole('button', { name: 'Settings' }).click();
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await backend?.close();
});

const listeners = () => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Listeners' }) });
const capture = () => page.locator('section').filter({ has: page.getByRole('heading', { name: 'Capture' }) });
const document = (): string => readFileSync(switchyard.configFile, 'utf8');

test('a listener is added: a mistake is told at its field, then it listens', async () => {
  const address = `${OWN_HOST}:${await freePort(OWN_HOST)}`;
  await listeners().getByRole('button', { name: 'Add a listener' }).click();
  await listeners().getByLabel('Address').fill('127.0.0.1');
  await listeners().getByRole('button', { name: 'Save' }).click();
  await listeners().getByText('expected host:port').waitFor();
  await listeners().getByLabel('Address').fill(address);
  await listeners().getByRole('button', { name: 'Reverse' }).click();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await listeners().getByRole('button', { name: 'Save' }).click();
  await listeners().getByText(address).waitFor();
  expect((await send(address, '/through-it')).status).toBe(200);
  await expect.poll(document).toMatch(/^# kept/);
});

test('the form of a listener takes the focus, and Escape gives it back to its button', async () => {
  const focused = () => page.locator(':focus').evaluate((element) => element.textContent || element.tagName);
  for (const [button, text] of [
    ['Edit proxy', 'Edit'],
    ['Add a listener', 'Add a listener'],
  ] as const) {
    await listeners().getByRole('button', { name: button }).press('Enter');
    await expect.poll(focused).toBe('INPUT');
    await page.keyboard.press('Escape');
    await listeners().getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
    await expect.poll(focused).toBe(text);
  }
  await page.getByRole('button', { name: 'Show the authority' }).press('Enter');
  await page.getByRole('button', { name: 'Hide the authority', expanded: true }).press('Enter');
  await page.getByRole('button', { name: 'Show the authority', expanded: false }).waitFor();
});

test('what is typed and not saved waits while another page or another form is open, until it is given up', async () => {
  const fields = [
    [listeners().getByLabel('Address'), '127.0.0.1:1'],
    [capture().getByLabel('Disk'), '1GiB'],
    [page.getByLabel('Latency'), '7ms'],
  ] as const;
  await listeners().getByRole('button', { name: 'Edit proxy' }).click();
  for (const [field, text] of fields) await field.fill(text);
  await listeners().getByRole('button', { name: 'Add a listener' }).click();
  await listeners().getByRole('button', { name: 'Cancel' }).click();
  await goTo(page, 'Traffic');
  await goTo(page, 'Settings');
  for (const [field, text] of fields) expect(await field.inputValue()).toBe(text);
  expect(await page.locator('input:focus').count()).toBe(0);
  await capture().getByRole('button', { name: 'Revert' }).click();
  await page.getByLabel('Latency').fill('');
  await listeners().getByRole('button', { name: 'Cancel' }).click();
  await goTo(page, 'Traffic');
  await goTo(page, 'Settings');
  await listeners().getByRole('button', { name: 'Edit proxy' }).waitFor();
  expect(await capture().getByRole('button', { name: 'Save' }).count()).toBe(0);
});

test('what somebody else changes in it meanwhile is asked about, and one that they delete is kept', async () => {
  const change = (edits: object[]) => callSwitchyard(switchyard, 'config.edit', { edits });
  const [typed, theirs] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  await listeners().getByRole('button', { name: 'Edit proxy' }).click();
  await listeners().getByLabel('Address').fill(typed);
  await change([{ path: ['listeners', 'proxy', 'address'], value: theirs }]);
  await listeners().getByText('The address was changed by somebody else').waitFor();
  await listeners().getByRole('button', { name: 'Keep mine' }).click();
  await change([{ path: ['listeners', 'proxy'], value: null }]);
  await listeners().getByText('proxy was deleted while you edited it').waitFor();
  await listeners().getByRole('button', { name: 'Save' }).click();
  await listeners().getByText(typed).waitFor();
  await listeners().getByRole('button', { name: 'Add a listener' }).click();
  await listeners().getByRole('button', { name: 'Save' }).click();
  await listeners().getByText('Another listener has this name').waitFor();
  await listeners().getByRole('button', { name: 'Cancel' }).click();
});

test('it opens TLS by a condition, and is deleted', async () => {
  await listeners().getByRole('button', { name: 'Edit proxy' }).click();
  await listeners().getByRole('button', { name: 'Forward' }).click();
  await listeners().getByLabel('Open TLS of').fill('host == x');
  await expect.poll(() => listeners().getByLabel('Open TLS of').getAttribute('aria-invalid')).toBe('true');
  await listeners().getByLabel('Open TLS of').fill('host = api.test');
  await listeners().getByRole('button', { name: 'Save' }).click();
  await listeners().getByText('forward: explicit proxy').waitFor();
  await expect.poll(document).toContain('intercept: host = api.test');
  await listeners().getByRole('button', { name: 'Edit proxy' }).click();
  await listeners().getByRole('button', { name: 'Delete listener' }).press('Enter');
  await listeners().getByRole('button', { name: 'Delete listener' }).waitFor({ state: 'detached' });
  await listeners().locator('button:focus').getByText('Add a listener').waitFor();
  await expect.poll(document).not.toContain('proxy');
});

test('a limit of the capture is changed, and a size without a unit is refused', async () => {
  await capture().getByLabel('Kept of each body').fill('12');
  await capture().getByRole('button', { name: 'Save' }).click();
  await capture().getByText('expected a size').waitFor();
  await capture().getByLabel('Kept of each body').fill('64KiB');
  await capture().getByRole('button', { name: 'Save' }).click();
  await capture().getByRole('button', { name: 'Save' }).waitFor({ state: 'detached' });
  const { config } = await callSwitchyard<{ config: { capture: { bodies: number } } }>(switchyard, 'config.get');
  expect(config.capture.bodies).toBe(65_536);
});

test('a throttle preset of one’s own is made, refused without a unit, chosen and removed', async () => {
  const presets = page.locator('.settings-card').filter({ hasText: 'Throttle presets' });
  await presets.getByLabel('Name').fill('Train');
  await presets.getByLabel('Down').fill('300');
  await presets.getByRole('button', { name: 'Add preset' }).click();
  await presets.getByText('Expected something like 1.5Mbps').waitFor();
  await presets.getByLabel('Down').fill('300kbps');
  await presets.getByLabel('Latency').fill('600ms');
  await presets.getByRole('button', { name: 'Add preset' }).click();
  await presets.getByText('↓ 300kbps · ↑ – · 600ms').waitFor();
  await page.getByRole('button', { name: 'Throttle off' }).click();
  await page.getByRole('menuitemradio', { name: 'Train' }).click();
  await page.getByRole('button', { name: 'Throttle Train' }).waitFor();
  await expect.poll(document).toMatch(/down: 300kbps[^]*latency: 600ms/);
  // It is there again in another window of this browser.
  await page.reload();
  await page.getByRole('button', { name: 'Throttle Train' }).click();
  await page.getByRole('menuitemradio', { name: 'off' }).click();
  await goTo(page, 'Settings');
  await presets.getByText('Train').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await presets.getByRole('button', { name: 'Remove Train' }).click();
  await presets.getByText('There is none yet').waitFor();
  expect(complaints).toEqual([]);
});
