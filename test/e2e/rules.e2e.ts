/** The rules page over a real `switchyard run`: form, document, order, groups, warnings and the test bench. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, goTo, launchBrowser, openWindow } from '../support/browser.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let gateway = '';

beforeAll(async () => {
  backend = await startBackend('a');
  switchyard = await runSwitchyard(config(backend.url));
  gateway = switchyard.listeners.gateway ?? '';
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
  await goTo(page, 'Rules');
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await backend?.close();
});

function config(url: string): string {
  return `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes:
  - { name: everything, match: 'path ^= /', pool: api }
  - { name: hidden, match: 'path = /x', pool: api }
pools: { api: { backends: [{ name: a, url: '${url}' }] } }
groups: { Variants: { select: one } }
rules:
  # the first
  - { name: One, group: Variants, response: [{ set: { x-variant: one } }] }
  - { name: Two, group: Variants, enabled: false, response: [{ set: { x-variant: two } }] }
  - { name: Last, match: 'path ^= v1', response: [{ set: { x-last: 'yes' } }] }
`;
}

const file = (): string => readFileSync(switchyard.configFile, 'utf8');
const form = () => page.locator('form');
const row = (name: string) => page.locator('.rule-open').filter({ hasText: name });
const save = () => form().getByRole('button', { name: 'Save rule' }).click();
const focusedRow = () =>
  page.evaluate(() => document.activeElement?.matches('.rule-open') && document.activeElement.textContent);
const answer = async (path: string): Promise<Response> => fetch(`http://${gateway}${path}`);

test('of a group with one at a time, enabling a rule takes the other out', async () => {
  await page.getByRole('switch', { name: 'Two is enabled' }).click();
  await expect.poll(async () => (await answer('/')).headers.get('x-variant')).toBe('two');
  await expect
    .poll(() => page.getByRole('switch', { name: 'One is enabled' }).getAttribute('aria-checked'))
    .toBe('false');
  expect(file()).toContain('# the first');
});

test('what can never hold, and what is never reached, is told', async () => {
  await page.getByText('Never reached: everything takes all of it before').waitFor({ state: 'attached' });
  const [name, mark] = [row('hidden').locator('.rule-name'), row('hidden').locator('.doubt-mark')];
  const middles = (await Promise.all([name.boundingBox(), mark.boundingBox()])).map(
    (box) => box && box.y + box.height / 2,
  );
  expect(Math.abs((middles[0] ?? 0) - (middles[1] ?? 99))).toBeLessThan(4);
  await row('Last').click();
  await form().getByText('path ^= v1 never holds: a path begins with /').waitFor();
});

test('the condition is completed, and told in words', async () => {
  const match = form().getByRole('combobox', { name: 'Match' });
  await match.fill('');
  await match.pressSequentially('met');
  await page.getByRole('option', { name: 'method' }).waitFor();
  await match.press('Tab');
  await match.pressSequentially('= P');
  await match.press('ArrowDown');
  await match.press('Enter');
  await expect.poll(() => match.inputValue()).toBe('method = POST ');
  await form().getByText('Acts on exchanges with method POST.').waitFor();
});

test('every action is in the form, and undo and redo go over the document', async () => {
  const before = file();
  const request = form().getByRole('group', { name: 'On the request' });
  await request.getByRole('button', { name: 'Add another action' }).click();
  await page.getByRole('menuitem', { name: 'Answer', exact: true }).click();
  await request.getByLabel('Status').fill('418');
  await request.getByLabel('Headers').fill('x-tea: green');
  await save();
  await expect.poll(async () => (await fetch(`http://${gateway}/`, { method: 'POST' })).status).toBe(418);
  expect((await fetch(`http://${gateway}/`, { method: 'POST' })).headers.get('x-tea')).toBe('green');
  // The change runs a moment before it is written.
  await expect.poll(file).not.toBe(before);
  const after = file();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(file).toBe(before);
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(file).toBe(after);
});

test('undo and redo have the keys that they have everywhere, but not where a text has its own', async () => {
  const after = file();
  const name = form().getByLabel('Name');
  await name.pressSequentially(' x');
  await page.keyboard.press('Control+z');
  await expect.poll(() => name.inputValue()).not.toContain(' x');
  await row('One').focus();
  const redo = page.getByRole('button', { name: 'Redo' });
  for (const keys of ['Control+Shift+z', 'Control+y']) {
    await page.keyboard.press('Control+z');
    await expect.poll(file).not.toBe(after);
    // The answer comes a moment after the file is written.
    await expect.poll(() => redo.isEnabled()).toBe(true);
    await page.keyboard.press(keys);
    await expect.poll(file).toBe(after);
    await expect.poll(() => redo.isEnabled()).toBe(false);
  }
  // The same again takes the place of what stands there.
  expect(await page.locator('.toast').filter({ hasText: 'was undone' }).count()).toBeLessThanOrEqual(1);
});

test('a header rule is made by typing alone, and what is not saved waits for its form', async () => {
  const before = file();
  await page.getByRole('button', { name: 'New rule' }).click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.matches('form input'))).toBe(true);
  await page.keyboard.type('By keys');
  await form().getByRole('button', { name: 'Add header action' }).last().press('Enter');
  await page.keyboard.type('x-keys');
  await page.keyboard.press('Tab');
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await answer('/')).headers.get('x-keys')).toBe('typed');
  await expect.poll(file).toBe(`${before}  - name: By keys\n    response:\n      - set:\n          x-keys: typed\n`);
  await form().getByLabel('Name').fill('Not saved');
  await row('One').click();
  await row('By keys').click();
  await expect.poll(() => form().getByLabel('Name').inputValue()).toBe('Not saved');
  await form().getByRole('button', { name: 'Delete rule' }).press('Enter');
  await expect.poll(file).toBe(before);
  await expect.poll(focusedRow).toContain('Last');
});

test('a new name that is refused is told beside it; one that fits is taken', async () => {
  await row('Last').click();
  await form().getByLabel('Name').fill('GET /v1');
  await save();
  await form().getByText('a name has no quotes').waitFor();
  expect(await form().getByLabel('Name').inputValue()).toBe('GET /v1');
  for (const name of ['Last of all', 'Last']) {
    await form().getByLabel('Name').fill(name);
    await save();
    await expect.poll(file).toContain(`name: ${name},`);
    await row(name).waitFor();
    await expect.poll(() => form().getByLabel('Name').inputValue()).toBe(name);
  }
});

test('rules are ordered by keys and by drag', async () => {
  const order = (): string[] => [...file().matchAll(/name: (One|Two|Last)/g)].map(([, name]) => name ?? '');
  const line = (name: string) => page.locator('.rule-row').filter({ hasText: name });
  await row('Last').focus();
  await page.keyboard.press('Alt+ArrowUp');
  // A group is one step: it stays together.
  await expect.poll(order).toEqual(['Last', 'One', 'Two']);
  await page.getByText('Last is now 1 of 3').waitFor({ state: 'attached' });
  await line('Last').hover();
  await page.mouse.down();
  await line('Two').hover({ position: { x: 60, y: 6 } });
  await line('Two').hover({ position: { x: 60, y: 8 } });
  await expect.poll(() => line('Two').getAttribute('data-drop')).toBe('before');
  await expect.poll(() => line('Two').evaluate((one) => getComputedStyle(one, '::after').height)).toBe('4px');
  await page.mouse.up();
  await expect.poll(order).toEqual(['One', 'Last', 'Two']);
  await expect.poll(() => line('Two').getAttribute('data-drop')).toBeNull();
  await page.getByRole('button', { name: 'Variants continued' }).waitFor();
  await expect.poll(() => page.getByRole('switch', { name: 'Only one rule of Variants acts' }).count()).toBe(1);
  await line('Last').dragTo(line('One'), { targetPosition: { x: 60, y: 4 } });
  await expect.poll(order).toEqual(['Last', 'One', 'Two']);
  expect(file()).toContain('# the first');
});

test('a route is made, led elsewhere, and moved', async () => {
  await page.getByRole('button', { name: 'New route' }).click();
  const name = form().getByRole('textbox', { name: 'Name' });
  await expect.poll(() => name.inputValue()).toBe('New route');
  await name.fill('Closed');
  await form().getByRole('combobox', { name: 'Match' }).fill('path ^= /closed');
  await form().getByText('Takes exchanges that have a path that starts with /closed').waitFor();
  await form().getByRole('combobox', { name: 'Leads to' }).selectOption('respond');
  await form().getByLabel('Status').fill('503');
  await form().getByLabel('Body', { exact: true }).fill('back soon');
  await form().getByRole('button', { name: 'Save route' }).click();
  await page.getByText('Never reached: everything takes all of it before').first().waitFor();
  for (let step = 0; step < 2; step++) {
    await row('Closed').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByText(`Closed is now ${2 - step} of 3`).waitFor({ state: 'attached' });
  }
  await expect.poll(async () => (await answer('/closed/now')).status).toBe(503);
  expect(await (await answer('/closed')).text()).toBe('back soon');
  await form().getByRole('button', { name: 'Delete route' }).press('Enter');
  await expect.poll(async () => (await answer('/closed')).status).toBe(200);
  await expect.poll(focusedRow).toContain('everything');
});

test('the test bench tries a recorded exchange', async () => {
  await send(gateway, '/bench', { headers: { 'x-asked': 'yes' } });
  await page.getByText('Test', { exact: true }).click();
  await page.getByRole('button', { name: 'Recorded exchange' }).click();
  await page.getByRole('menuitem', { name: '/bench' }).click();
  await expect.poll(() => form().getByLabel('Headers, one a line').inputValue()).toContain('x-asked: yes');
  await form().getByRole('button', { name: 'Test' }).click();
  await page.getByText('Backend that would get it').waitFor();
  await page.getByText('x-variant: two').first().waitFor();
  await form().getByLabel('URL').fill('/another');
  await page.getByText('Backend that would get it').waitFor({ state: 'detached' });
  await form().getByRole('button', { name: 'Test' }).click();
  const step = page.locator('.trace').filter({ hasText: 'Two' }).getByRole('button', { name: 'set x-variant' });
  await step.click();
  await expect.poll(() => step.getAttribute('aria-expanded')).toBe('true');
  await page.locator('.trace').filter({ hasText: 'Two' }).getByRole('button', { name: 'Open this rule' }).click();
  await expect.poll(() => form().getByLabel('Name').inputValue()).toBe('Two');
  await page.getByText('Test', { exact: true }).click();
});

test('all traffic is made as slow as a link, and let go', async () => {
  await page.getByRole('button', { name: 'Throttle off' }).click();
  await page.getByRole('menuitemradio', { name: 'Slow 3G' }).click();
  await page.getByRole('button', { name: 'Throttle Slow 3G' }).click();
  expect(file()).toContain('400kbps');
  await page.getByRole('menuitemradio', { name: 'off' }).click();
  await page.getByRole('button', { name: 'Throttle off' }).waitFor();
});

test.each(['Test', 'Form'])('axe finds nothing in %s, dark and light', async (view) => {
  await page.getByText(view, { exact: true }).first().click();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('a long value, told in words, stays in the form', async () => {
  await row('Last').click();
  await form()
    .getByRole('combobox', { name: 'Match' })
    .fill(`path *= "${'x'.repeat(400)}"`);
  const told = form().locator('.field-hint').filter({ hasText: 'xxx' });
  await told.waitFor();
  const right = (element: Element): number => element.getBoundingClientRect().right;
  expect(await told.evaluate(right)).toBeLessThan(await form().evaluate(right));
  await form().getByRole('button', { name: 'Revert' }).click();
});

test('the page is not left before what is typed is saved, without a question', async () => {
  let questions = 0;
  page.on('dialog', (dialog) => {
    questions++;
    void dialog.accept();
  });
  const questionsOfReload = async () => {
    questions = 0;
    await page.reload();
    await row('Last').click();
    return questions;
  };
  const name = form().getByLabel('Name');
  await row('Last').click();
  await name.fill('Typed');
  expect(await questionsOfReload()).toBe(1);
  await page.locator('.cm-content').press('x');
  expect(await questionsOfReload()).toBe(1);
  await name.fill('Typed');
  await name.fill('Last');
  expect(await questionsOfReload()).toBe(0);
  page.removeAllListeners('dialog');
});

test('nothing was complained about on the way', () => {
  expect(complaints).toEqual([]);
});
