/** What is done with recorded exchanges in the real UI: chosen, marked, pinned, compared, copied. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindings, axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const EXCHANGES = 12;
let backends: Backend[] = [];
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];

beforeAll(async () => {
  backends = await Promise.all(['a', 'b'].map((name) => startBackend(name)));
  switchyard = await runSwitchyard(gatewayConfig('127.0.0.1:0', backends));
  const gateway = switchyard.listeners.gateway ?? '';
  for (let id = 1; id <= EXCHANGES; id++) await send(gateway, `/item-${String(id).padStart(2, '0')}`);
  await send(gateway, '/with-body', { method: 'POST', body: `it's`, headers: { 'content-type': 'text/plain' } });
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui, {
    viewport: { width: 1440, height: 860 },
    permissions: ['clipboard-read', 'clipboard-write'],
  }));
  await row('/with-body').waitFor();
});
beforeEach(async () => {
  await page.keyboard.press('Escape');
  await filter().fill('');
  await row('/with-body').waitFor();
  await list().focus();
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await Promise.all(backends.map((backend) => backend.close()));
});

const row = (text: string): Locator => page.getByRole('option').filter({ hasText: text }).first();
const item = (id: number): Locator => row(`/item-${String(id).padStart(2, '0')}`);
const list = () => page.getByRole('listbox', { name: 'Exchanges' });
const chosen = () => page.locator('[role="option"][aria-selected="true"]').count();
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const filter = () => page.getByRole('combobox', { name: 'Filter expression' });

test('several exchanges are chosen with the pointer', async () => {
  await item(2).click();
  await item(5).click({ modifiers: ['Shift'] });
  await expect.poll(chosen).toBe(4);
  await item(9).click({ modifiers: ['Control'] });
  await item(3).click({ modifiers: ['Control'] });
  await expect.poll(chosen).toBe(4);
  await page.getByRole('toolbar', { name: 'What is chosen' }).getByText('4 chosen').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('several exchanges are chosen with the keyboard', async () => {
  await item(4).click();
  await list().focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(chosen).toBe(3);
  await page.keyboard.press('Control+a');
  await expect.poll(chosen).toBe(EXCHANGES + 1);
  await page.keyboard.press('Escape');
  await expect.poll(chosen).toBe(0);
});

test('the menu of a row chooses it, leaves what is chosen, and says what can be done', async () => {
  const menuItem = (name: string) => page.getByRole('menuitem', { name });
  await item(8).click({ button: 'right' });
  await menuItem('Replay what is chosen').waitFor();
  // Behind an open menu nothing has a role.
  await page.locator('[aria-selected="true"]', { hasText: '/item-08' }).waitFor();
  await expect.poll(() => menuItem('Compare the two that are chosen').getAttribute('aria-disabled')).toBe('true');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.getByText('GET /item-08').first().waitFor();
  await menuItem('Show only requests like this').click();
  await item(7).waitFor({ state: 'detached' });
  await expect.poll(() => filter().inputValue()).toBe('method = GET and host = 127.0.0.1 and path = /item-08');
  await filter().fill('');
  await item(7).click();
  await item(9).click({ modifiers: ['Control'] });
  await item(9).click({ button: 'right' });
  await menuItem('Compare the two that are chosen').click();
  await page.getByRole('dialog', { name: /compare/i }).waitFor();
  await page.keyboard.press('Escape');
});

test('what is chosen gets a colour and a note, is found by them, and loses them again', async () => {
  await item(6).click();
  await item(7).click({ modifiers: ['Control'] });
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'Mark 2 exchanges' });
  await dialog.getByRole('textbox', { name: 'Note' }).fill('look here');
  await dialog.getByRole('radio', { name: 'Purple' }).check({ force: true });
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await item(7).getByText('look here').waitFor();
  await item(6).getByRole('img', { name: 'Purple' }).waitFor();
  await filter().fill('color = purple and note *= here');
  await item(5).waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('option').count()).toBe(2);
  await item(6).click();
  await page.keyboard.press('n');
  await page.getByRole('radio', { name: 'None' }).check({ force: true });
  await page.getByRole('button', { name: 'Save' }).click();
  await item(6).getByRole('img', { name: 'Purple' }).waitFor({ state: 'detached' });
  await filter().fill('');
  await item(5).waitFor();
});

test('p pins, and unpins', async () => {
  const pin = item(1).getByRole('img', { name: /^Pinned/ });
  await item(1).click();
  await page.keyboard.press('p');
  await pin.waitFor();
  await page.getByRole('button', { name: '1 pinned' }).click();
  await item(2).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '1 pinned' }).click();
  await item(2).waitFor();
  await item(1).click();
  await page.keyboard.press('p');
  await pin.waitFor({ state: 'detached' });
});

test('two exchanges are compared', async () => {
  await item(1).click();
  await row('/with-body').click({ modifiers: ['Control'] });
  await page.keyboard.press('d');
  const dialog = page.getByRole('dialog', { name: /^Compare #/ });
  await dialog.getByText('GET /item-01 HTTP/1.1').waitFor();
  await dialog.getByText('POST /with-body HTTP/1.1').waitFor();
  await dialog.getByText(`it's`).waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('requests are copied as commands and code', async () => {
  await row('/with-body').click();
  await page.getByRole('heading', { level: 2, name: 'POST /with-body' }).waitFor();
  await page.keyboard.press('c');
  await expect.poll(clipboard).toContain(`--data-raw 'it'\\''s'`);
  await item(1).click({ modifiers: ['Control'] });
  await page.getByRole('toolbar').getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitem', { name: 'Go', exact: true }).click();
  await expect.poll(clipboard).toContain('strings.NewReader("it\'s")');
  expect((await clipboard()).split('package main')).toHaveLength(3);
});

test('secrets stay here unless they are asked for, also out of Raw; a selection is exported', async () => {
  await fetch(`http://${switchyard.listeners.gateway}/secret`, { headers: { authorization: 'Bearer hush' } });
  await row('/secret').click();
  await page.getByRole('heading', { level: 2, name: 'GET /secret' }).waitFor();
  await page.getByRole('tab', { name: 'Raw' }).click();
  await page.getByRole('tabpanel').getByText('Bearer hush').waitFor();
  await page.getByRole('tabpanel').getByRole('button', { name: 'Copy', exact: true }).first().click();
  await expect.poll(clipboard).toMatch(/^GET \/secret HTTP.*\r\n[^]*authorization: \[redacted\]/i);
  await page.getByRole('tabpanel').getByRole('button', { name: 'Copy with secrets' }).click();
  await expect.poll(clipboard).toContain('Bearer hush');
  await list().focus();
  await page.keyboard.press('c');
  await expect.poll(clipboard).toMatch(/^curl [^]*\[redacted\]/);
  await item(1).click({ modifiers: ['Control'] });
  await page.getByRole('toolbar').getByRole('button', { name: 'Copy as' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'With secrets' }).click();
  await page.getByRole('menuitem', { name: /^cURL/ }).click();
  await expect.poll(clipboard).toContain('Bearer hush');
  await page.getByRole('toolbar').getByRole('button', { name: 'Export as HAR…' }).click();
  await expect.poll(() => page.getByRole('radio', { name: /^Those that are chosen/ }).isChecked()).toBe(true);
});

test('a place in the tree of hosts and paths is listed alone, by keyboard too', async () => {
  const place = (text: string) => page.getByRole('treeitem').filter({ hasText: text }).first();
  await page.getByRole('button', { name: 'Hosts and paths' }).click();
  await page.getByRole('tree').focus();
  await place('127.0.0.1').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await place('item-03').click();
  await row('/item-04').waitFor({ state: 'detached' });
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.getByRole('button', { name: /^List everything/ }).click();
  await row('/item-04').waitFor();
  await send(switchyard.listeners.gateway ?? '', '/fresh-place');
  await place('fresh-place').waitFor();
  await page.getByRole('button', { name: 'Hosts and paths' }).click();
  await page.getByRole('tree').waitFor({ state: 'detached' });
});

test('a filter is offered what was seen, finds in bodies, and is saved', async () => {
  await filter().fill('path = /with');
  await page.getByRole('listbox', { name: 'Suggestions' }).getByText('/with-body').click();
  await item(4).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.type("it's");
  await page.keyboard.press('Enter');
  await row('/with-body').waitFor();
  await page.getByText('1 of').waitFor();
  await filter().blur();
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Saved filters' });
  await dialog.getByRole('textbox').fill('Says it is');
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await filter().fill('"nothing-like-this"');
  await page.getByRole('button', { name: 'Find “nothing-like-this” in bodies' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Saved filters' }).click();
  await page.getByRole('menuitem', { name: 'Says it is' }).click();
  await row('/with-body').waitFor();
  await expect.poll(() => page.getByRole('option').count()).toBe(1);
  await filter().fill('');
});

test('a search in bodies narrows the filter that is there, and leaves it when nothing is looked for', async () => {
  const selected = () =>
    filter().evaluate((input: HTMLInputElement) =>
      input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0),
    );
  await filter().fill('path = /item-04 or method = POST');
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.press('Escape');
  await expect.poll(() => filter().inputValue()).toBe('path = /item-04 or method = POST');
  await item(4).waitFor();
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.type("it's");
  await page.keyboard.press('Enter');
  await item(4).waitFor({ state: 'detached' });
  await row('/with-body').waitFor();
  expect(await filter().inputValue()).toBe(`(path = /item-04 or method = POST) and body *= "it's"`);
  await page.keyboard.press('Control+Shift+f');
  await expect.poll(selected).toBe("it's");
  await page.keyboard.press('Delete');
  await item(4).waitFor();
  await page.keyboard.type('nobody says this');
  await item(4).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await expect.poll(() => filter().inputValue()).toBe('path = /item-04 or method = POST');
});

test('columns are chosen and ordered, and stay so', async () => {
  const names = () => page.locator('.traffic-head span').allTextContents();
  await page.getByRole('button', { name: 'Columns' }).click();
  const dialog = page.getByRole('dialog', { name: 'Columns' });
  await dialog.getByRole('checkbox', { name: 'Time' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Pool' }).check();
  await dialog.getByRole('button', { name: 'Status one place earlier' }).click();
  expect(await axeFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('.traffic-head').getByText('Pool').dragTo(page.locator('.traffic-head').getByText('Method'));
  await page.reload();
  await row('/with-body').waitFor();
  const shown = (await names()).filter((name) => ['Time', 'Pool', 'Method', 'Status', 'Path'].includes(name));
  expect(shown).toEqual(['Pool', 'Method', 'Status', 'Path']);
});

test('the list is sorted from the keyboard, and says so', async () => {
  const told = (sort: string) => page.getByRole('status').filter({ hasText: sort }).waitFor({ state: 'attached' });
  const isFirst = (text: string) => page.getByRole('option').first().filter({ hasText: text }).waitFor();
  const run = async (command: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Type a command, a backend or a rule…').fill(command);
    await page.getByRole('dialog').getByRole('option', { name: command }).waitFor();
    await page.keyboard.press('Enter');
  };
  await filter().fill('path *= "/item-"');
  await row('/with-body').waitFor({ state: 'detached' });
  await run('Sort by path, Z first');
  await told('Sort by path, Z first');
  await isFirst('/item-12');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('combobox', { name: 'Order of the list' }).selectOption('Sort by path, A first');
  await page.keyboard.press('Escape');
  await told('Sort by path, A first');
  await isFirst('/item-01');
  await run('Do not sort: as they came');
  await told('Do not sort: as they came');
});

test('a header is a column once it is named, and stays one', async () => {
  await page.getByRole('button', { name: 'Columns' }).click();
  const dialog = page.getByRole('dialog', { name: 'Columns' });
  await dialog.getByRole('textbox', { name: 'Header as a column' }).fill('no name');
  await dialog.getByText('No header can be called that').waitFor();
  await dialog.getByRole('button', { name: 'Request', exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Header as a column' }).fill('Content-Type');
  await page.keyboard.press('Enter');
  await dialog.getByRole('checkbox', { name: 'request: content-type' }).waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await row('/with-body').getByText('text/plain').waitFor();
  await page.reload();
  await row('/with-body').getByText('text/plain').waitFor();
  await expect.poll(() => page.locator('.traffic-head').getByText('content-type').count()).toBe(1);
});

test('the page complained of nothing', () => {
  expect(complaints).toEqual([]);
});
