/** Saved recordings in the window, over a real `switchyard run`: save, open beside what is being recorded, compare, file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const NAME = 'before the change';

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let status = 200;
const files = mkdtemp(join(tmpdir(), 'recording-files-'));

beforeAll(async () => {
  backend = await startBackend('a', (_request, response) => {
    response.writeHead(status, { 'set-cookie': 'session=letmein' });
    response.end('answer');
  });
  switchyard = await runSwitchyard(`listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: p }]
pools: { p: { backends: [{ name: a, url: '${backend.url}' }] } }
`);
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui, { acceptDownloads: true }));
  for (let n = 1; n <= 4; n++) await send(gateway(), `/orders/${n}`);
  await page.getByRole('option', { name: /orders\/4/ }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await backend?.close();
  await rm(await files, { recursive: true, force: true });
});

const gateway = () => switchyard.listeners.gateway ?? '';
const dialog = (name: string) => page.getByRole('dialog', { name });
const openList = () => page.getByRole('button', { name: 'Recordings', exact: true }).click();
const rows = () => page.getByRole('listbox', { name: 'Exchanges' }).getByRole('option');

test('says that nothing was saved yet, and how to', async () => {
  await openList();
  await dialog('Saved recordings').getByText('No saved recordings').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await dialog('Saved recordings')
    .getByRole('button', { name: /Save what is recorded/ })
    .click();
  const form = dialog('Save what is recorded');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await form.getByLabel('Name').fill(NAME);
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(`“${NAME}” saved: 4 exchanges`).waitFor();
});

test('a saved recording is shown instead of what is being recorded, and only read', async () => {
  status = 503;
  await page.keyboard.press('Control+Backspace');
  await expect.poll(() => rows().count()).toBe(0);
  await send(gateway(), '/orders/99');
  await page.getByRole('option', { name: /orders\/99/ }).waitFor();
  await openList();
  await dialog('Saved recordings').getByRole('button', { name: 'Open', exact: true }).click();
  const banner = page.getByRole('status').getByText(/a saved recording: 4 exchanges/);
  await banner.waitFor();
  await page.getByRole('option', { name: /orders\/1\b/ }).waitFor();
  await expect.poll(() => rows().count()).toBe(4);
  await send(gateway(), '/orders/100');
  await page.getByRole('option', { name: /orders\/1\b/ }).click();
  await page.getByRole('tab', { name: 'Response' }).click();
  await page.getByText('session=letmein').first().waitFor();
  await page.keyboard.press('Control+Backspace');
  await page
    .getByRole('alert')
    .getByText(/only read\. Go back to what is recorded now first/)
    .waitFor();
  await expect.poll(() => rows().count()).toBe(4);
  await page.getByRole('button', { name: 'Back to what is recorded now' }).click();
  await page.getByRole('option', { name: /orders\/100/ }).waitFor();
  await expect.poll(() => rows().count()).toBe(2);
});

test('what is sent while one is open is not looked for in it', async () => {
  await openList();
  await dialog('Saved recordings').getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('option', { name: /orders\/1\b/ }).click();
  await page.getByRole('heading', { name: 'GET /orders/1', exact: true }).waitFor();
  await page.keyboard.press('e');
  await page.getByRole('button', { name: /^Send/ }).click();
  const pane = page.locator('.compose-detail');
  await pane.getByText('A saved recording is open').waitFor();
  await pane.getByRole('button', { name: 'Back to what is recorded now' }).click();
  await pane.getByRole('heading', { name: 'GET /orders/1', exact: true }).waitFor();
  await pane.getByText('503').first().waitFor();
  await page.getByRole('button', { name: 'Show in Traffic' }).click();
  await expect.poll(() => rows().count()).toBe(3);
});

test('what is recorded now is compared with it', async () => {
  await openList();
  await dialog('Saved recordings')
    .getByRole('button', { name: `More for ${NAME}` })
    .click();
  await page.getByRole('menuitem', { name: 'Compare with what is recorded' }).click();
  const table = dialog('Compare recordings').getByRole('table');
  const row = table.getByRole('row', { name: /orders\/\{id\}/ });
  await row.waitFor();
  const [count, failed] = await row.getByRole('cell').allTextContents();
  expect([count, failed]).toEqual(['43', expect.stringMatching(/^0 %100 % worse/)]);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.getByRole('button', { name: 'All recordings' }).click();
});

test('of many kinds of requests every one is in the comparison', async () => {
  const kinds = Array.from({ length: 60 }, (_, n) => `/kind-${n}x`);
  for (const path of kinds) await send(gateway(), path);
  await dialog('Saved recordings').getByRole('button', { name: 'Compare…', exact: true }).click();
  const table = dialog('Compare recordings').getByRole('table');
  // The head, all requests together, and the orders of the recording beside them.
  await expect.poll(() => table.getByRole('row').count()).toBe(kinds.length + 3);
  for (const path of [kinds[0], kinds.at(-1)]) await table.getByRole('row', { name: `${path}` }).waitFor();
  await page.getByRole('button', { name: 'All recordings' }).click();
});

test('it is renamed, saved as a file without secrets, deleted, and comes back from the file', async () => {
  const list = dialog('Saved recordings');
  await list.getByRole('button', { name: `More for ${NAME}` }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await list.getByRole('textbox', { name: 'Name' }).fill('first run');
  await page.keyboard.press('Enter');
  await list.getByText('first run').waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent);
  await expect.poll(focused).toBe('More for first run');
  for (const key of ['Enter', 'End', 'Enter']) {
    await page.keyboard.press(key);
    if (key === 'Enter') await expect.poll(focused).not.toMatch(/More/);
  }
  await expect.poll(focused).toBe('Cancel');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('More for first run');

  const downloading = page.waitForEvent('download');
  await list.getByRole('button', { name: 'More for first run' }).click();
  await page.getByRole('menuitem', { name: 'Save as file, redacted' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('first run.switchyard');
  const file = join(await files, 'first run.switchyard');
  await download.saveAs(file);
  await page.getByText('Saved as a file; redacted: set-cookie').waitFor();
  expect(readFileSync(file).includes('letmein')).toBe(false);

  await list.getByRole('button', { name: 'More for first run' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await list.getByRole('button', { name: 'Delete for good' }).click();
  await list.getByText('No saved recordings').waitFor();
  await list.locator('input[type=file]').setInputFiles(file);
  await list.getByText('4 exchanges').waitFor();
  await list.getByText('redacted', { exact: true }).waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);

  const broken = join(await files, 'other.switchyard');
  writeFileSync(broken, 'this is something else');
  await list.locator('input[type=file]').setInputFiles(broken);
  await list
    .getByRole('alert')
    .getByText(/this file/)
    .waitFor();
});

test('the page complained of nothing', () => expect(complaints).toEqual([]));
