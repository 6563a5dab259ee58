/** The rules page over a config of several documents that others change, too: an included file, a key in Redis, other windows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, goTo, launchBrowser, openWindow } from '../support/browser.ts';
import { type Database, startRedis } from '../support/shared-databases.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const TEAM = `# the team's
rules:
  - { name: Team one, group: Env, response: [{ set: { x-team: one } }] }
  - { name: Team two, group: Env, response: [{ set: { x-two: two } }] }
groups: { Env: {} }
`;

let backend: Backend;
let redis: Database;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
const complaints: string[][] = [];
let gateway = '';

function config(url: string, include: string): string {
  return `# ours
version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: api }]
pools: { api: { backends: [{ name: a, url: '${url}' }] } }
rules:
  - name: R1
  - name: R2
  - name: R3
    match: path = /three
  - name: R4
include: ['${include}']
`;
}

beforeAll(async () => {
  backend = await startBackend('a');
  redis = await startRedis();
  await redis.set('team', TEAM);
  switchyard = await runSwitchyard(config(backend.url, redis.address('team')));
  gateway = switchyard.listeners.gateway ?? '';
  browser = await launchBrowser();
  page = await openRules();
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await redis?.close();
  await backend?.close();
});

async function openRules(): Promise<Page> {
  const window = await openWindow(browser, switchyard.ui);
  complaints.push(window.complaints);
  await goTo(window.page, 'Rules');
  await window.page.locator('.rule-open').first().waitFor();
  return window.page;
}

const file = (): string => readFileSync(switchyard.configFile, 'utf8');
const team = (): Promise<string> => redis.get('team');
const row = (name: string, window = page) => window.locator('.rule-open').filter({ hasText: name });
const form = (window = page) => window.locator('form');
const match = (window = page) => form(window).getByRole('combobox', { name: 'Match' });
const save = (window = page) => form(window).getByRole('button', { name: 'Save rule' }).click();
const undo = (window = page) => window.getByRole('button', { name: 'Undo' }).click();
const order = (): string => [...file().matchAll(/name: (R\d)/g)].map(([, name]) => name).join(' ');

test('rules without a group are moved by keys, and keep the focus from end to end', async () => {
  await row('R3').focus();
  for (const [key, wanted] of [
    ['ArrowUp', 'R1 R3 R2 R4'],
    ['ArrowUp', 'R3 R1 R2 R4'],
    ['ArrowDown', 'R1 R3 R2 R4'],
    ['ArrowDown', 'R1 R2 R3 R4'],
    ['ArrowDown', 'R1 R2 R4 R3'],
    ['ArrowUp', 'R1 R2 R3 R4'],
  ] as const) {
    await page.keyboard.press(`Alt+${key}`);
    await expect.poll(order).toBe(wanted);
    await page.getByText(`R3 is now ${wanted.split(' ').indexOf('R3') + 1} of 4`).waitFor({ state: 'attached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('R3');
  }
});

test('keys that are pressed faster than a move takes are all obeyed', async () => {
  await row('R1').focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(order).toBe('R2 R3 R4 R1');
  for (let press = 0; press < 3; press++) await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(order).toBe('R1 R2 R3 R4');
});

test('what is added in the window goes into the own document, never over a shared rule', async () => {
  const before = file();
  await page.getByRole('button', { name: 'New rule', exact: true }).click();
  await expect.poll(file).toBe(before.replace('  - name: R4\n', '  - name: R4\n  - name: New rule\n'));
  await undo();
  await expect.poll(file).toBe(before);
  await page.getByRole('button', { name: 'Throttle off' }).click();
  await page.getByRole('menuitemradio', { name: 'Slow 3G' }).click();
  await expect.poll(file).toContain('  - name: R4\n  - name: Throttle\n');
  await undo();
  await expect.poll(file).toBe(before);
  await send(gateway, '/made', {});
  await goTo(page, 'Traffic');
  await page.locator('.traffic-row').filter({ hasText: '/made' }).click();
  await page.getByRole('button', { name: 'Make something of it' }).waitFor();
  await page.keyboard.press('m');
  await expect.poll(file).toContain('path = /made');
  await undo();
  await expect.poll(file).toBe(before);
  expect(await team()).toBe(TEAM);
});

test('a shared rule is seen with where it lives, and saved there', async () => {
  await page.getByRole('heading', { name: `${redis.address('team')}, included: 2` }).waitFor();
  await row('Team two').click();
  await form().getByText('A shared rule set. What you save goes there').waitFor();
  await expect.poll(() => page.locator('.cm-content').innerText()).toContain("# the team's");
  await match().fill('path = /two');
  await save();
  await expect.poll(team).toBe(TEAM.replace('two } }] }', 'two } }], match: path = /two }'));
  await undo();
  await expect.poll(team).toBe(TEAM);
});

test('shared rules are switched, ordered and grouped where they live, and each can be undone', async () => {
  await page.getByRole('switch', { name: 'Team one is enabled' }).click();
  await expect.poll(team).toContain('enabled: false');
  await undo();
  await expect.poll(team).toBe(TEAM);
  const one = page.getByRole('switch', { name: 'Only one rule of Env acts' });
  await one.click();
  await expect.poll(team).toContain('select: one');
  await expect.poll(() => one.getAttribute('aria-checked')).toBe('true');
  await undo();
  await expect.poll(() => one.getAttribute('aria-checked')).toBe('false');
  await row('Team two').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(team).toMatch(/Team two[^]*Team one/);
  await undo();
  await expect.poll(team).toBe(TEAM);
});

test('a shared rule that somebody else changed meanwhile is not overwritten', async () => {
  const theirs = TEAM.replace('name: Team two', 'name: Team two, match: path = /theirs');
  await row('Team two').click();
  await match().fill('path = /mine');
  await redis.set('team', theirs);
  const conflict = page.getByRole('alert').filter({ hasText: 'The condition was changed by somebody else' });
  await conflict.getByText('path = /theirs').waitFor();
  await conflict.getByText('path = /mine').waitFor();
  await expect.poll(() => form().getByRole('button', { name: 'Save rule' }).isDisabled()).toBe(true);
  await conflict.getByRole('button', { name: 'Take what is there now' }).click();
  await expect.poll(() => match().inputValue()).toBe('path = /theirs');
  expect(await team()).toBe(theirs);
  await redis.set('team', TEAM);
  await expect.poll(() => match().inputValue()).toBe('');
});

test('undo takes back one’s own change and leaves what others did to the file', async () => {
  const before = file();
  await row('R3').click();
  await match().fill('path = /mine');
  await save();
  await expect.poll(file).toContain('path = /mine');
  writeFileSync(
    switchyard.configFile,
    file().replace('# ours', '# ours\n# theirs').replace('name: R4', 'name: R4\n    match: path = /four'),
  );
  await expect.poll(() => row('R4').innerText()).toContain('/four');
  await undo();
  const theirs = before.replace('# ours', '# ours\n# theirs').replace('name: R4', 'name: R4\n    match: path = /four');
  await expect.poll(file).toBe(theirs);
});

test('undo is refused, with words, where others changed the same', async () => {
  await match().fill('path = /mine');
  await save();
  await expect.poll(file).toContain('path = /mine');
  const theirs = file().replace('path = /mine', 'path = /theirs');
  writeFileSync(switchyard.configFile, theirs);
  await expect.poll(() => row('R3').innerText()).toContain('/theirs');
  await undo();
  await page.getByText(/Not undone: others have changed the same lines of .* since/).waitFor();
  expect(file()).toBe(theirs);
});

test('two windows on one rule: each saves what it changed, and what both changed is asked', async () => {
  const other = await openRules();
  await row('R3', other).click();
  await match().fill('path = /A');
  await form(other).getByLabel('Group').fill('Mine');
  await save(other);
  await expect.poll(file).toContain('group: Mine');
  await save();
  await expect
    .poll(file)
    .toMatch(/name: R3\n(?: {4}group: Mine\n {4}match: path = \/A|[^]*match: path = \/A\n {4}group: Mine)/);
  await match().fill('path = /A2');
  await match(other).fill('path = /B2');
  await save(other);
  await expect.poll(file).toContain('path = /B2');
  const conflict = page.getByRole('alert').filter({ hasText: 'The condition was changed by somebody else' });
  await conflict.getByText('path = /B2').waitFor();
  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await save();
  await expect.poll(file).toContain('path = /A2');
  await expect.poll(() => match(other).inputValue()).toBe('path = /A2');
  await other.context().close();
});

test('what is typed in a rule goes with it to the name that others give it, and is kept when they delete it', async () => {
  const own = file();
  await row('R4').click();
  await form().getByLabel('Group').pressSequentially('Typed');
  writeFileSync(switchyard.configFile, own.replace('name: R4', 'name: R9'));
  await expect.poll(() => form().getByLabel('Name').inputValue()).toBe('R9');
  expect(await form().getByLabel('Group').inputValue()).toBe('Typed');
  // The field has gone under the fingers: the rest of what is typed must not act on the window.
  await page.keyboard.type('gt');
  expect(await form().isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  writeFileSync(switchyard.configFile, own.replace(/ {2}- name: R4\n(?: {4}.*\n)*/, ''));
  const kept = page.getByRole('alert').filter({ hasText: 'R9 was deleted while you edited it' });
  await kept.getByText('"group":"Typed"').waitFor();
  await kept.getByRole('button', { name: 'Add it anew' }).click();
  await expect.poll(file).toContain('group: Typed');
  await kept.waitFor({ state: 'detached' });
  await expect.poll(() => form().getByLabel('Name').inputValue()).toBe('R9');
  writeFileSync(switchyard.configFile, own);
  await row('R4').waitFor();
});

test('the YAML of a file that was changed meanwhile keeps both changes, or asks', async () => {
  await row('R1').click();
  const editor = page.getByRole('textbox', { name: 'Config document' });
  const line = (text: string) => editor.locator('.cm-line').filter({ hasText: text });
  await line('# theirs').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' and mine');
  writeFileSync(switchyard.configFile, file().replace('name: R1', 'name: R1\n    match: path = /one'));
  await page.getByText('Apply keeps both changes').waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(file).toMatch(/# theirs and mine\n[^]*name: R1\n {4}match: path = \/one/);
  await line('# theirs and mine').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' again');
  const theirs = file().replace('# theirs and mine', '# others');
  writeFileSync(switchyard.configFile, theirs);
  await page.getByText('Apply keeps both changes').waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Somebody else changed the same lines').waitFor();
  expect(file()).toBe(theirs);
  await page.getByRole('button', { name: 'Overwrite' }).click();
  await expect.poll(file).toContain('# theirs and mine again');
});

test('what a file that cannot run keeps from being saved is told where it was saved', async () => {
  const own = file();
  const told = (window: Locator) => window.getByText('has changes that cannot run; mend the file or undo them first');
  await row('R3').click();
  await match().fill('path = /not-yet');
  await page.getByRole('textbox', { name: 'Config document' }).locator('.cm-line').first().click();
  await page.keyboard.type('# not yet ');
  writeFileSync(switchyard.configFile, `${own}broken: [\n`);
  await save();
  await told(form()).waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await told(page.getByRole('region', { name: 'Config document' })).waitFor();
  writeFileSync(switchyard.configFile, own);
  for (const revert of await page.getByRole('button', { name: 'Revert' }).all()) await revert.click();
});

test('an included file is told as such, with rules that are all included', async () => {
  const included = join(dirname(switchyard.configFile), 'more.yaml');
  writeFileSync(
    included,
    'rules:\n  - &base { name: Base, match: path = /base, response: [{ set: { x: y } }] }\n  - { <<: *base, name: Derived }\n',
  );
  const own = file();
  writeFileSync(switchyard.configFile, own.replace(/rules:[^]*include: .*/, 'include: [more.yaml]'));
  await row('Derived').click();
  await expect.poll(() => match().inputValue()).toBe('path = /base');
  await form().getByText('From an included file. What you save goes there').waitFor();
  await form().getByText('come from an anchor in the YAML').waitFor();
  await match().fill('path = /derived');
  await save();
  await expect
    .poll(() => readFileSync(included, 'utf8'))
    .toContain('{ <<: *base, name: Derived, match: path = /derived }');
  await page.getByRole('button', { name: 'New rule in more.yaml' }).click();
  await expect.poll(() => readFileSync(included, 'utf8')).toContain('name: New rule');
  writeFileSync(switchyard.configFile, own);
  await row('R1').waitFor();
});

test('of many rules those in sight exist; any of them is reached, moved and opened', async () => {
  const own = file();
  const many = Array.from({ length: 500 }, (_, index) => `  - name: N${index}\n`).join('');
  writeFileSync(switchyard.configFile, own.replace('  - name: R1\n', `${many}  - name: R1\n`));
  await row('N1').first().waitFor();
  await expect.poll(() => page.locator('.rule-row').count()).toBeLessThan(60);
  await page.locator('.uneven').evaluate((list) => list.scrollTo(0, 400 * 44));
  await row('N400').focus();
  // The one with the focus stays, wherever the list is scrolled to.
  await page.locator('.uneven').evaluate((list) => list.scrollTo(0, 0));
  await row('N1').first().waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('N400');
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('N400 is now 400 of 504').waitFor({ state: 'attached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('N400');
  await page.keyboard.press('Enter');
  await expect.poll(() => form().getByLabel('Name').inputValue()).toBe('N400');
  writeFileSync(switchyard.configFile, own);
  await row('R1').waitFor();
});

test('axe finds nothing, dark and light', async () => {
  await row('Team two').click();
  await match().fill('path = /mine');
  await redis.set('team', TEAM.replace('name: Team two', 'name: Team two, match: path = /theirs'));
  await page.getByRole('alert').filter({ hasText: 'The condition was changed' }).waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('nothing was complained about on the way', () => expect(complaints.flat()).toEqual([]));
