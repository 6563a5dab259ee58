/** Export and import in the window, over a real `switchyard run`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, goTo, launchBrowser, openWindow } from '../support/browser.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const files = join(import.meta.dirname, '../importers/files');

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];

beforeAll(async () => {
  backend = await startBackend('a');
  switchyard = await runSwitchyard(config(backend.url));
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui, {
    permissions: ['clipboard-read', 'clipboard-write'],
  }));
  await goTo(page, 'Rules');
  await exportButton().waitFor();
});
beforeEach(async () => {
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
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
  - { name: api, match: 'path ^= /v1/', pool: api }
  - { name: rest, pool: shop }
pools:
  api: { backends: [{ name: a, url: '${url}' }], slowStart: 5s }
  shop: { backends: [{ name: b, url: '${url}' }] }
rules:
  # the first
  - { name: Marked, request: [{ set: { x-marked: 'yes' } }] }
  - { name: Scripted, request: [{ breakpoint: true }], enabled: false }
`;
}

const file = (): string => readFileSync(switchyard.configFile, 'utf8');
/** Messages in the corner have the role dialog, too. */
const dialog = () => page.locator('.dialog');
/** Of the page; the top bar has one of that name, too. */
const exportButton = () =>
  page.getByRole('navigation', { name: 'Rules' }).getByRole('button', { name: 'Export', exact: true });
const text = (name: string) => dialog().getByLabel(name);
const exporting = async (target: string): Promise<void> => {
  await exportButton().click();
  await dialog().getByRole('radio', { name: target, exact: true }).check();
};

test('an export shows its text and, the worst first, what is not the same there', async () => {
  await exporting('nginx');
  await expect.poll(() => text('Text of nginx.conf').textContent()).toContain('upstream api');
  const rows = dialog().locator('.report-row');
  await rows.filter({ hasText: 'slow start' }).filter({ hasText: 'open-source nginx has none' }).waitFor();
  await expect.poll(() => rows.first().getAttribute('data-outcome')).toBe('unmapped');
  await dialog()
    .getByRole('button', { name: /^Approximated \d+/ })
    .click();
  await expect.poll(() => dialog().locator('.report-row[data-outcome=unmapped]').count()).toBe(0);
});

test('what is taken out is not in the text, and pools that are needed stay', async () => {
  await exporting('YAML');
  await dialog().getByRole('checkbox', { name: 'rest', exact: true }).uncheck();
  await dialog().getByRole('checkbox', { name: 'Scripted' }).uncheck();
  const pools = dialog().getByRole('group', { name: 'Pools' });
  await pools.getByRole('checkbox', { name: '2 of 2' }).uncheck();
  const shown = async () =>
    parse((await text('Text of switchyard.yaml').textContent()) ?? '') as Record<string, object>;
  await expect.poll(async () => Object.keys((await shown())['pools'] ?? {})).toEqual(['api']);
  expect((await shown())['routes']).toHaveLength(1);
  expect((await shown())['rules']).toHaveLength(1);
});

test('the version of the target counts, and a wrong one is told', async () => {
  await exporting('Caddy');
  await dialog().getByLabel('Version of the target').fill('2.11');
  await expect.poll(() => text('Text of Caddyfile').textContent()).toContain('for Caddy 2.11');
  await dialog().getByLabel('Version of the target').fill('new');
  await dialog().getByText('A version looks like 1.22').waitFor();
  await expect.poll(() => dialog().getByRole('button', { name: 'Copy' }).isDisabled()).toBe(true);
});

test('the text is copied, and saved under the name of its target', async () => {
  await exporting('Envoy');
  await expect.poll(() => text('Text of envoy.yaml').textContent()).toContain('static_resources');
  const shown = await text('Text of envoy.yaml').textContent();
  await dialog().getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
  const download = page.waitForEvent('download');
  await dialog().getByRole('button', { name: 'Save envoy.yaml' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('envoy.yaml');
  expect(readFileSync(await saved.path(), 'utf8')).toBe(shown);
});

test('nothing is said of an export before there is one', async () => {
  // The dialog as it is drawn first: no answer can have come.
  const first = await exportButton().evaluate(async (button) => {
    (button as HTMLElement).click();
    while (!document.querySelector('.dialog')) await new Promise(requestAnimationFrame);
    return document.querySelector('.dialog')?.textContent;
  });
  expect(first).toContain('Save nginx.conf');
  expect(first).not.toContain('Nothing here');
  await dialog().getByRole('region', { name: 'Report' }).waitFor();
  await page.keyboard.press('Escape');
});

test('what is shown is not given under the name of what was chosen since', async () => {
  await exporting('Envoy');
  await expect.poll(() => text('Text of envoy.yaml').textContent()).toContain('static_resources');
  // Of one moment: no answer can come in between.
  const states = await dialog().evaluate((element) => {
    const named = (name: string) =>
      Array.from(element.querySelectorAll('button')).find((button) => button.textContent?.startsWith(name));
    (element.querySelector('input[value=caddy]') as HTMLInputElement).click();
    return ['Copy', 'Save Caddyfile'].map((name) => named(name)?.disabled);
  });
  expect(states).toEqual([true, true]);
  await expect.poll(() => text('Text of Caddyfile').textContent()).toContain('for Caddy');
  const download = page.waitForEvent('download');
  await dialog().getByRole('button', { name: 'Save Caddyfile' }).click();
  expect((await download).suggestedFilename()).toBe('Caddyfile');
});

test('an import shows each thing of a file before it changes anything, and undo takes it back', async () => {
  const before = file();
  await page.keyboard.press('Shift+I');
  await dialog().locator('input[type=file]').setInputFiles(join(files, 'session.har'));
  await dialog().getByText('Read as HAR').waitFor();
  const rows = dialog().locator('.report-row');
  await expect.poll(() => rows.first().textContent()).toContain('entry 2 answers this method, host, path and query');
  await expect.poll(() => rows.count()).toBe(9);
  expect(file()).toBe(before);
  await dialog().getByRole('button', { name: 'Add 5 things' }).click();
  await dialog().waitFor({ state: 'detached' });
  await page.locator('.rule-open').filter({ hasText: 'GET api.test items 2' }).waitFor();
  const address = switchyard.listeners.gateway ?? '';
  const { status, text: body } = await send(address, '/items', { headers: { host: 'api.test' } });
  expect([status, body]).toEqual([200, 'hello']);
  expect(file()).toContain('# the first');
  await page.keyboard.press('Shift+I');
  await dialog().locator('input[type=file]').setInputFiles(join(files, 'session.har'));
  await dialog().locator('.dialog-note').filter({ hasText: 'if this file was imported before' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(file).toBe(before);
});

test('a file is dropped; a broken one is told of with its place', async () => {
  await page.keyboard.press('Shift+I');
  const content = readFileSync(join(files, 'requestly.json'), 'utf8');
  const transfer = await page.evaluateHandle((json) => {
    const data = new DataTransfer();
    data.items.add(new File([json], 'rules.json', { type: 'application/json' }));
    return data;
  }, content);
  await dialog().locator('.file-zone').dispatchEvent('drop', { dataTransfer: transfer });
  await dialog().getByText('Read as Requestly').waitFor();
  await dialog().getByText('rules.json').waitFor();
  // Of one moment: what was read before is still there, and it says that the next is being read.
  const said = await dialog().evaluate((element) => {
    const field = element.querySelector('textarea') as HTMLTextAreaElement;
    const { set } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value') ?? {};
    set?.call(field, 'server {\n  listen 80;\n');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    return element.querySelector('[role=status]')?.textContent;
  });
  expect(said).toBe('Reading the file …');
  await dialog().getByRole('alert').filter({ hasText: 'line 1: the block that opens here does not close' }).waitFor();
  await expect.poll(() => dialog().getByRole('button', { name: 'Add' }).isDisabled()).toBe(true);
});

test('a file that is too large takes the preview of the one before it away', async () => {
  await page.keyboard.press('Shift+I');
  const input = dialog().locator('input[type=file]');
  await input.setInputFiles(join(files, 'session.har'));
  await dialog().getByText('Read as HAR').waitFor();
  await input.setInputFiles({
    name: 'huge.har',
    mimeType: 'application/json',
    buffer: Buffer.alloc(4 * 1024 ** 2 + 1, ' '),
  });
  await dialog().getByRole('alert').filter({ hasText: 'huge.har has more than 4 MiB' }).waitFor();
  await expect.poll(() => dialog().locator('.report-row').count()).toBe(0);
  expect(await dialog().getByText('session.har').count()).toBe(0);
  await expect.poll(() => dialog().getByRole('button', { name: 'Add' }).isDisabled()).toBe(true);
  await dialog().getByLabel('Or paste its text').fill('server { listen 8080; }');
  await dialog().getByText('Read as nginx').waitFor();
  expect(await dialog().getByText('huge.har').count()).toBe(0);
});

test('axe finds nothing in either dialog, and nothing complained', async () => {
  await page.keyboard.press('Shift+E');
  await dialog().locator('.report-row').first().waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
  await page.keyboard.press('Shift+I');
  await dialog()
    .getByLabel('Or paste its text')
    .fill(readFileSync(join(files, 'site.conf'), 'utf8'));
  await dialog().locator('.report-row').first().waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
