/** Composing, replaying and HAR in the window, over a real `switchyard run`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { harSchema } from '../exchange-formats/har-schema.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const chromeHar = join(import.meta.dirname, '../exchange-formats/files/chrome.har');

let backends: Backend[];
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];

beforeAll(async () => {
  backends = [await startBackend('a'), await startBackend('b')];
  const [a, b] = backends.map(({ url }) => url);
  switchyard = await runSwitchyard(`version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: api }]
pools: { api: { backends: [{ name: a, url: '${a}' }, { name: b, url: '${b}' }] } }
`);
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
  await page.locator('.top-bar').waitFor();
});
beforeEach(async () => {
  await page.keyboard.press('Escape');
});
afterAll(async () => {
  expect(complaints).toEqual([]);
  await browser?.close();
  await switchyard?.close();
  for (const backend of backends) await backend.close();
});

async function goTo(name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
  await page.getByRole('main', { name }).waitFor();
}

const field = (name: string): Locator => page.locator('.compose-form').getByLabel(name, { exact: true });
const sendButton = (): Locator => page.getByRole('button', { name: /^Send/ });
const rows = (): Locator => page.locator('.traffic-row');

test('one request: the editor has an address to begin with, and the answer is beside it', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect.poll(() => field('URL').inputValue()).toBe(`http://${switchyard.listeners.gateway}/`);
  await field('URL').fill(`http://${switchyard.listeners.gateway}/orders?page=2`);
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.keyboard.type('X-Mine');
  await field('Value of the header').fill('yes');
  await page.getByRole('main').getByRole('button', { name: 'JSON', exact: true }).click();
  await field('Method').fill('post');
  await field('JSON').fill('{"sku":1}');
  await field('JSON').press('Control+Enter');
  await page.getByRole('heading', { name: 'POST /orders?page=2' }).waitFor();
  await page.getByRole('tab', { name: 'Request', exact: true }).click();
  const head = page.getByRole('tabpanel');
  for (const line of ['X-Mine', 'application/json']) await head.getByText(line).first().waitFor();
});

test('sent many times: shares by backend, every answer, each of them opens', async () => {
  await field('Times').fill('40');
  await field('At once').fill('4');
  await sendButton().click();
  await page.getByText('40 of 40 answered').waitFor();
  const table = page.getByRole('table', { name: 'Answers by backend' });
  for (const name of ['a', 'b'])
    await table.getByRole('row', { name: new RegExp(`^${name} 20 · 50 % 200 ×20`) }).waitFor();
  const answers = page.getByRole('listbox', { name: 'Answers' });
  await answers.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => answers.getByRole('option').nth(1).getAttribute('aria-selected')).toBe('true');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('straight to one backend', async () => {
  await field('Goes in by').selectOption({ label: 'api / b' });
  await field('Times').fill('5');
  await sendButton().click();
  await page.getByText('5 of 5 answered').waitFor();
  await page.getByRole('row', { name: /^b 5 · 100 %/ }).waitFor();
});

test('what cannot be sent is told at its field, and nothing is sent', async () => {
  const runs = () => page.getByRole('region', { name: 'Sent' }).getByRole('button').count();
  const before = await runs();
  for (const [name, text, why] of [
    ['Times', '100000', 'From 1 to 10,000'],
    ['At once', '0', 'From 1 to 256'],
    ['URL', 'htp:/x y', 'htp: cannot be sent; a URL begins with http:// or https://.'],
  ] as const) {
    const good = await field(name).inputValue();
    await field(name).fill(text);
    await sendButton().click();
    await page.getByText(why).waitFor();
    await expect.poll(() => field(name).getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => field(name).evaluate((input) => (input as HTMLInputElement).value)).toBe(text);
    await field(name).fill(good);
    await page.getByText(why).waitFor({ state: 'detached' });
  }
  await expect.poll(() => runs()).toBe(before);
});

test('what the engine refuses is told, and stands among what was sent', async () => {
  const method = await field('Method').inputValue();
  await field('Method').fill('CONNECT');
  await sendButton().click();
  await page.getByRole('alert').getByText('CONNECT opens a tunnel; it cannot be composed').waitFor();
  const sent = page.getByRole('region', { name: 'Sent' });
  await sent.getByRole('button', { name: /CONNECT.*Not sent/ }).waitFor();
  await field('Method').fill(method);
});

test('a cURL command that is pasted into the URL takes its place, and tells what it leaves out', async () => {
  const command = `curl -X PUT '${switchyard.listeners.gateway}/put' -H 'X-From: curl' -d 'a=b c' -d @file.txt`;
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    const input = document.querySelectorAll('.compose-line input')[1];
    input?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, command);
  await expect.poll(() => field('Method').inputValue()).toBe('PUT');
  await expect.poll(() => field('URL').inputValue()).toBe(`http://${switchyard.listeners.gateway}/put`);
  await page.getByText('The file file.txt was not read; put its content into the body.').waitFor();
});

test('a cURL command in its dialog, with its mistakes', async () => {
  await page.getByRole('button', { name: 'From cURL…' }).click();
  const dialog = page.locator('.dialog');
  await dialog.getByRole('textbox').fill("curl 'http://a");
  await dialog.getByRole('button', { name: 'Take it over' }).click();
  await dialog.getByText('A quote is opened and not closed.').waitFor();
  await dialog.getByRole('textbox').fill(`curl ${switchyard.listeners.gateway}/from-dialog`);
  await dialog.getByRole('button', { name: 'Take it over' }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => field('URL').inputValue()).toBe(`http://${switchyard.listeners.gateway}/from-dialog`);
});

test('from Traffic: R sends again, E takes it to the editor; both are marked as no client has sent them', async () => {
  await send(switchyard.listeners.gateway ?? '', '/original', { method: 'POST', headers: { 'x-o': '1' }, body: 'abc' });
  await goTo('Traffic');
  await page
    .getByRole('textbox', { name: /filter/i })
    .or(page.getByRole('combobox').first())
    .first()
    .waitFor();
  await rows().filter({ hasText: '/original' }).first().click();
  await page.keyboard.press('r');
  await page.getByText(/Sent again as #\d+/).waitFor();
  const copies = rows().filter({ hasText: '/original' });
  await expect.poll(() => copies.count()).toBe(2);
  await copies.nth(1).getByRole('img', { name: 'Sent by Switchyard itself' }).waitFor();
  await expect.poll(() => copies.nth(0).getByRole('img', { name: 'Sent by Switchyard itself' }).count()).toBe(0);
  await copies.nth(0).click();
  await page.keyboard.press('e');
  await page.getByRole('main', { name: 'Compose' }).waitFor();
  await expect.poll(() => field('Text').inputValue()).toBe('abc');
  await expect.poll(() => field('URL').inputValue()).toBe(`http://${switchyard.listeners.gateway}/original`);
  await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel)).toBe('URL');
});

test('several that are chosen, again in their order', async () => {
  await goTo('Traffic');
  await page.keyboard.press('f');
  await rows().filter({ hasText: '/original' }).nth(0).click();
  await rows()
    .filter({ hasText: '/original' })
    .nth(1)
    .click({ modifiers: ['Control'] });
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Replay with the original spacing' }).click();
  await page.getByText('2 exchanges were sent again').waitFor();
  await expect.poll(() => rows().filter({ hasText: '/original' }).count()).toBe(4);
});

test('HAR out: chosen, filtered or all, without secrets', async () => {
  await send(switchyard.listeners.gateway ?? '', '/secret', { headers: { authorization: 'Bearer hidden' } });
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: /Export exchanges as HAR/ }).click();
  const dialog = page.locator('.dialog');
  await dialog.getByRole('radio', { name: /All that are recorded/ }).check();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save switchyard.har' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  const { entries } = harSchema.parse(JSON.parse(text)).log;
  expect(entries.length).toBeGreaterThan(40);
  expect(JSON.stringify(entries.at(-1)?.request)).not.toContain('hidden');
});

test('HAR in: counted, what was wrong is told, shown in the list', async () => {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Import a HAR…' }).click();
  const dialog = page.locator('.dialog');
  await dialog.getByLabel('Choose a file').last().setInputFiles(chromeHar);
  await dialog.getByText('3 exchanges were added to the list.').waitFor();
  await dialog.getByText('data: is not HTTP').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Show them' }).click();
  await rows().filter({ hasText: 'shop.test' }).first().waitFor();
  await expect.poll(() => rows().count()).toBe(3);
});
