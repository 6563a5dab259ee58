/** The window by keyboard alone: what the keys reach when nothing was clicked before. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { sentence } from '../../proxy-engine/contract/expression/sentence.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindings, axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
const complaints: string[][] = [];

beforeAll(async () => {
  backend = await startBackend('a');
  switchyard = await runSwitchyard(gatewayConfig('127.0.0.1:0', [backend]));
  for (const name of ['one', 'two', 'three']) await send(switchyard.listeners.gateway ?? '', `/${name}`);
  browser = await launchBrowser();
});
/** A window of its own: nobody has touched it. */
beforeEach(async () => {
  await page?.context().close();
  const permissions = ['clipboard-read', 'clipboard-write'];
  const window = await openWindow(browser, switchyard.ui, { viewport: { width: 1440, height: 860 }, permissions });
  page = window.page;
  complaints.push(window.complaints);
  await page.getByRole('option').filter({ hasText: '/three' }).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await backend?.close();
});

const press = async (...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? null);
const selected = (path: string) =>
  page.locator('[role="option"][aria-selected="true"]').filter({ hasText: path }).waitFor();
const onNothing = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
const palette = (command: string) =>
  page.getByRole('dialog', { name: 'Command palette' }).getByRole('option', { name: command });

async function run(command: string): Promise<void> {
  await press('Control+k');
  await page.getByPlaceholder('Type a command, a backend or a rule…').fill(command);
  await palette(command).first().click();
}

test('a command of the palette that goes to the filter leaves the focus there', async () => {
  await expect.poll(focused).toBe('Exchanges');
  for (const command of ['Filter exchanges', 'Find in bodies']) {
    await run(command);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('Filter expression');
    await press('Escape', 'Escape');
    await expect.poll(focused).toBe('Exchanges');
  }
});

test('in a new window J, K and the arrows walk through the list at once', async () => {
  await expect.poll(focused).toBe('Exchanges');
  await press('j');
  await selected('/three');
  await press('ArrowUp');
  await selected('/two');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('they do so when nothing has the focus, and from a button; an arrow stays the button’s', async () => {
  await onNothing();
  await press('j', 'k');
  await selected('/two');
  await expect.poll(() => focused()).toBe('Exchanges');
  await onNothing();
  await press('ArrowUp');
  await selected('/one');
  const traffic = page.getByRole('button', { name: 'Traffic' });
  await traffic.focus();
  await press('ArrowDown');
  await expect.poll(() => focused()).toBe('Traffic');
  await press('j');
  await selected('/two');
});

test.each([['Enter'], ['Escape']])('%s leads from the filter to the list', async (key) => {
  await press('/');
  await page.keyboard.type('path = /two');
  await press(key);
  await page.getByText('1 of 3').waitFor();
  await expect.poll(focused).toBe('Exchanges');
  await press('j');
  await selected('/two');
});

test('a filter that nothing fits, or that is none, keeps no one in it', async () => {
  await press('/');
  await page.keyboard.type('path =');
  await press('Enter');
  await expect.poll(() => focused()).toBe('Filter expression');
  await page.keyboard.type(' /nowhere');
  await press('Enter');
  await page.getByText('0 of 3').waitFor();
  await press('/', 'Control+a', 'Backspace', 'Escape');
  await expect.poll(focused).toBe('Exchanges');
});

test('Enter takes the suggestion that is chosen, and Escape closes what is offered', async () => {
  const filter = page.getByRole('combobox', { name: 'Filter expression' });
  await press('/');
  await page.keyboard.type('pinn');
  await press('ArrowDown', 'Enter');
  await expect.poll(() => filter.inputValue()).toContain('pinned');
  await expect.poll(() => focused()).toBe('Filter expression');
  await page.keyboard.type(' and stat');
  await press('ArrowDown', 'Escape');
  await expect.poll(() => focused()).toBe('Filter expression');
  await filter.fill('');
  await press('Escape');
});

test('keys that choose a character of an input method do nothing else', async () => {
  const session = await page.context().newCDPSession(page);
  await press('/');
  await page.keyboard.type('path *= ');
  for (const key of ['Enter', 'ArrowDown', 'Escape']) {
    await session.send('Input.imeSetComposition', { text: '二', selectionStart: 1, selectionEnd: 1 });
    await press(key);
    expect(await focused()).toBe('Filter expression');
  }
  await page.keyboard.insertText('二');
  await press('Enter');
  await page.getByText('0 of 3').waitFor();
});

test('a line that its own button removes leaves the focus to the next one', async () => {
  await press('g', 'c');
  const add = page.getByRole('button', { name: 'Add a header' });
  for (const name of ['x-a', 'x-b']) {
    await add.click();
    await page.keyboard.type(name);
  }
  await page.getByRole('button', { name: 'Remove x-a' }).focus();
  await press('Enter');
  await expect.poll(focused).toBe('Send x-b');
});

test('another page and back: the list has the focus again', async () => {
  await press('g', 'b');
  await page.getByRole('heading', { name: 'Backends', exact: true }).waitFor({ state: 'attached' });
  await press('g', 't');
  await expect.poll(focused).toBe('Exchanges');
  await press('j');
  await selected('/three');
});

test('a dialog that closes with nothing to go back to leaves the list with the focus', async () => {
  await onNothing();
  await press('s');
  await page.getByRole('dialog').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(focused).toBe('Exchanges');
});

test('the first rule of all is typed into at once, and leaves the focus when it is deleted', async () => {
  await press('g', 'r');
  await page.getByRole('button', { name: 'New rule' }).first().press('Enter');
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches('form input'))).toBe(true);
  await page.getByRole('button', { name: 'Delete rule' }).press('Enter');
  await page.getByText('No rules yet').waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false);
});

test('J and K walk through hosts and paths, too', async () => {
  await press('h');
  const tree = page.getByRole('tree', { name: 'Hosts and paths' });
  await page.getByRole('treeitem').first().waitFor();
  await tree.focus();
  await press('j');
  const active = () => page.locator('.tree-row-active').textContent();
  const first = await active();
  // The end of the tree is not the beginning of the list.
  await press('j');
  await expect.poll(() => focused()).toBe('Hosts and paths');
  await press('ArrowRight');
  await page.getByRole('treeitem').nth(1).waitFor();
  await press('j');
  await expect.poll(active).not.toBe(first);
  await press('k');
  await expect.poll(active).toBe(first);
});

test('the first Tab stop leads past the bars; on Rules J goes to the rows', async () => {
  await onNothing();
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await skip.focus();
  expect(await axeFindings(page)).toEqual([]);
  await press('Enter');
  await expect.poll(focused).toBe('Exchanges');
  await press('g', 'r');
  await page.locator('.rule-open').first().waitFor();
  await press('j');
  await expect.poll(() => page.locator('.rule-open:focus').count()).toBe(1);
  await skip.focus();
  await press('Enter');
  await expect.poll(() => page.locator('main :focus').count()).toBe(1);
});

test('what is saved right after it was typed has its own sentence', async () => {
  const filter = 'path = /two';
  const parsed = parseExpression(filter);
  await press('/');
  await page.keyboard.type('path = /one');
  await press('Enter', '/', 'Control+a');
  await page.keyboard.type(filter);
  await press('Escape', 's');
  const dialog = page.getByRole('dialog');
  await dialog.locator('code', { hasText: filter }).waitFor();
  const suggested = parsed.ok && sentence(parsed.expression, 'en');
  await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe(suggested);
  // The suggestion is chosen: what is typed takes its place.
  await expect.poll(() => page.evaluate(() => document.getSelection()?.toString())).toBe(suggested);
  await page.keyboard.type('mine');
  await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe('mine');
});

test('the focus goes back to the button that opened a dialog, also when a field in it took it', async () => {
  const menu = page.getByRole('button', { name: 'Export', exact: true });
  await menu.press('Enter');
  await page.getByRole('menu').waitFor();
  await press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  const button = page.getByRole('button', { name: 'Commands' });
  await button.press('Enter');
  await page.getByPlaceholder('Type a command, a backend or a rule…').waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('the palette copies in every form of the menu, and has saved filters', async () => {
  await press('j');
  await selected('/three');
  await run('Copy as Wget');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^wget [\s\S]*\/three/);
  await page.getByRole('button', { name: 'Copy as' }).click();
  await expect.poll(() => page.getByRole('menuitem').count()).toBe(14);
  const forms = await page.getByRole('menuitem').allTextContents();
  await press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await press('Control+k');
  await palette('Copy as').first().waitFor();
  const offered = await palette('Copy as').allTextContents();
  for (const form of forms) expect(offered.some((one) => one.includes(`Copy as ${form.replace(/C$/, '')}`))).toBe(true);
  await press('Escape');
  await run('Filter: WebSocket');
  await page.getByText('0 of 3').waitFor();
  await run('Clear the filter');
  await page.getByRole('option').filter({ hasText: '/one' }).waitFor();
});

test('the editor of the config lets the keyboard out, and says how; what resizes panes has a name', async () => {
  await press('g', 'r');
  const editor = page.getByRole('textbox', { name: 'Config document' });
  await editor.focus();
  const hasFocus = () => editor.evaluate((element) => element.contains(document.activeElement));
  const leave = async (key: string): Promise<boolean> => {
    await press('Escape', key);
    return hasFocus();
  };
  await expect.poll(() => leave('Tab')).toBe(false);
  await press('Shift+Tab');
  await expect.poll(hasFocus).toBe(true);
  await expect.poll(() => leave('Shift+Tab')).toBe(false);
  expect(await editor.getAttribute('aria-description')).toBe('Escape, then Tab, leads out of it');
  await page.getByRole('separator', { name: 'Resize the list of rules' }).waitFor();
  await page.getByRole('separator', { name: 'Resize the form' }).waitFor();
  await press('g', 'c');
  await page.getByRole('separator', { name: 'Resize the request' }).waitFor();
  await press('g', 't');
});

test('the palette makes of an exchange what its menu makes', async () => {
  await run('Try it in the test bench');
  await page.getByText('Choose an exchange first').waitFor();
  await press('j');
  await page.getByRole('heading', { name: 'GET /three' }).waitFor();
  await run('Break on the next response like this');
  await page.getByText('Breaks on the next response:').waitFor();
  await page.getByRole('button', { name: 'Wait no longer' }).click();
  await run('Try it in the test bench');
  await page.getByRole('region', { name: 'Test', exact: true }).waitFor();
  await press('g', 't');
  await page.getByRole('heading', { name: 'GET /three' }).waitFor();
  await run('New rule that answers like this');
  await page.locator('.rule-open', { hasText: 'GET three' }).waitFor();
});

test('the palette takes a rule away, lets it act again and opens it', async () => {
  await press('g', 'r');
  await page.getByRole('button', { name: 'New rule' }).first().click();
  const name = page.locator('form').getByLabel('Name');
  await name.waitFor();
  const rule = await name.inputValue();
  await run('Go to Traffic');
  await run(`Take rule ${rule} away`);
  await run(`Let rule ${rule} act`);
  await press('Control+k');
  await palette(`Take rule ${rule} away`).waitFor();
  await press('Escape');
  await run(`Open rule ${rule}`);
  await expect.poll(() => name.inputValue()).toBe(rule);
});

test('the palette slows traffic down, switches backends and begins drills', async () => {
  await run('Throttle: Slow 3G');
  const throttle = page.getByRole('button', { name: /^Throttle/ });
  await throttle.filter({ hasText: 'Slow 3G' }).waitFor();
  await run('Throttle: off');
  await throttle.filter({ hasText: 'off' }).waitFor();
  // Words in any order, and other words for the same.
  await press('Control+k');
  await page.getByPlaceholder('Type a command, a backend or a rule…').fill('api/a switch off');
  await palette('Take api/a out (maint)').click();
  const tile = page.getByRole('article', { name: 'api/a' });
  await tile.getByText('maint', { exact: true }).waitFor();
  await run('Bring api/a back (ready)');
  await tile.getByText('maint', { exact: true }).waitFor({ state: 'detached' });
  await run('New drill: Rolling restart (api)');
  await expect.poll(() => page.getByLabel('Name of the drill').inputValue()).toBe('Rolling restart');
});

test('nothing complained', () => {
  expect(complaints.flat()).toEqual([]);
});
