/** Held messages in the window: they show up by themselves, never take the focus, and go on as a person wants them to. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindings, launchBrowser, openWindow } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const RULES = `rules:
  - { name: Hold requests, match: 'path ^= /hold', request: [{ set: { x-from-rule: 'yes' } }, { breakpoint: true }] }
  - { name: Hold responses, match: 'path ^= /answer', response: [{ breakpoint: true }] }
`;

const MOST_BYTES = 10 * 1024 ** 2;
const directory = mkdtempSync(join(tmpdir(), 'switchyard-breakpoints-'));

function fileOf(name: string, sizeBytes: number): string {
  const path = join(directory, name);
  writeFileSync(path, Buffer.alloc(sizeBytes, 0xff));
  return path;
}

let backend: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let gateway = '';

beforeAll(async () => {
  backend = await startBackend('a');
  switchyard = await runSwitchyard(gatewayConfig('127.0.0.1:0', [backend]) + RULES);
  gateway = switchyard.listeners.gateway ?? '';
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await backend?.close();
  rmSync(directory, { recursive: true, force: true });
});

const panel = () => page.getByRole('region', { name: 'Breakpoints' });
const heldRow = (text: string) => panel().getByRole('listitem').filter({ hasText: text });
const gone = () => panel().waitFor({ state: 'detached' });

test('a held request shows up without taking the focus from what a person types', async () => {
  const filter = page.getByRole('combobox', { name: 'Filter expression' });
  await filter.fill('');
  await filter.pressSequentially('path = /o');
  const reply = send(gateway, '/hold/1');
  await heldRow('/hold/1').waitFor();
  await filter.pressSequentially('ther');
  await expect.poll(() => filter.inputValue()).toBe('path = /other');
  await filter.fill('');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect((await reply).status).toBe(200);
  await gone();
});

test('its head and its body can be edited', async () => {
  const reply = send(gateway, '/hold/2', { method: 'POST', body: 'old', headers: { 'x-a': 'b' } });
  await panel().getByRole('textbox', { name: 'Path and query' }).fill('/edited?by=hand');
  const headers = panel().getByRole('textbox', { name: 'Headers' });
  await headers.fill(`${await headers.inputValue()}\nx-by-hand: yes`);
  await panel().getByRole('textbox', { name: 'Body' }).fill('a longer body');
  expect(await axeFindings(page)).toEqual([]);
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect(JSON.parse((await reply).text)).toMatchObject({
    path: '/edited?by=hand',
    headers: { 'x-a': 'b', 'x-by-hand': 'yes', 'content-length': '13' },
  });
  await gone();
});

test('what is typed stays while another message is looked at, and goes on with all', async () => {
  const replies = ['/hold/A', '/hold/B'].map((path) => send(gateway, path));
  const target = panel().getByRole('textbox', { name: 'Path and query' });
  await heldRow('/hold/A').click();
  await expect.poll(() => target.inputValue()).toBe('/hold/A');
  await target.fill('/edited/A');
  await heldRow('/hold/A').getByText('edited', { exact: true }).waitFor();
  await heldRow('/hold/B').click();
  await expect.poll(() => target.inputValue()).toBe('/hold/B');
  await panel().getByRole('button', { name: 'Hide' }).click();
  await panel().getByRole('button', { name: 'Show' }).click();
  await heldRow('/hold/A').click();
  await expect.poll(() => target.inputValue()).toBe('/edited/A');
  expect(await axeFindings(page)).toEqual([]);
  await panel().getByRole('button', { name: 'Continue all' }).click();
  const paths = (await Promise.all(replies)).map(({ text }) => JSON.parse(text).path);
  expect(paths).toEqual(['/edited/A', '/hold/B']);
  await gone();
});

test('a header line without a colon is told, and nothing is sent', async () => {
  const reply = send(gateway, '/hold/line');
  await heldRow('/hold/line').waitFor();
  const headers = panel().getByRole('textbox', { name: 'Headers' });
  const before = await headers.inputValue();
  await headers.fill(`${before}\nx-token abc`);
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  await panel().getByRole('alert').getByText('Not a header line: x-token abc').waitFor();
  await headers.fill(`${before}\nx-token: abc`);
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect(JSON.parse((await reply).text)).toMatchObject({ headers: { 'x-token': 'abc' } });
  await gone();
});

test('bytes are edited in hexadecimal, and what is no hexadecimal is told', async () => {
  const reply = send(gateway, '/hold/bytes', { method: 'POST', body: Buffer.from([0, 1, 255]) });
  const field = panel().getByRole('textbox', { name: 'Body, its bytes in hexadecimal' });
  await expect.poll(() => field.inputValue()).toBe('00 01 ff');
  await field.fill('00 0');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  await panel().getByRole('alert').getByText('Two hexadecimal digits a byte').waitFor();
  await field.fill('00 01 ff fe 0a');
  expect(await axeFindings(page)).toEqual([]);
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect(JSON.parse((await reply).text)).toMatchObject({ headers: { 'content-length': '5' } });
  await gone();
});

test('a file of 10 MiB goes in place of a body; the body can be saved', async () => {
  const reply = send(gateway, '/hold/file', { method: 'POST', body: 'old' });
  await heldRow('/hold/file').waitFor();
  const download = page.waitForEvent('download');
  await panel().getByRole('button', { name: 'Save', exact: true }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toBe('old');
  // By path: bytes would pass through the protocol of the browser.
  const [fits, long] = [fileOf('new.bin', MOST_BYTES), fileOf('long.bin', MOST_BYTES + 1)];
  const chooser = panel().getByLabel('Load a file');
  await chooser.setInputFiles(long);
  await panel().getByRole('alert').getByText('long.bin is longer than 10 MiB').waitFor();
  await chooser.setInputFiles(fits);
  await panel()
    .getByText(/new\.bin \(.*\) goes in its place/)
    .waitFor();
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect(JSON.parse((await reply).text)).toMatchObject({ headers: { 'content-length': String(MOST_BYTES) } });
  await gone();
});

test('it can be answered instead', async () => {
  const reply = send(gateway, '/hold/3');
  await panel().getByRole('button', { name: 'Answer instead' }).click();
  await panel().getByRole('textbox', { name: 'Status' }).fill('418');
  await panel().getByRole('textbox', { name: 'Body' }).fill('tea');
  await panel().getByRole('button', { name: 'Send the answer' }).click();
  expect(await reply).toMatchObject({ status: 418, text: 'tea' });
  await gone();
});

test('what is typed when the client leaves goes nowhere, and it is told', async () => {
  const leaving = new AbortController();
  const reply = fetch(`http://${gateway}/hold/leave`, { method: 'POST', body: 'old', signal: leaving.signal });
  const left = expect(reply).rejects.toThrow();
  await panel().getByRole('textbox', { name: 'Body' }).pressSequentially('order 4');
  leaving.abort();
  await left;
  await panel().getByRole('alert').getByText('is held no more').waitFor();
  await page.keyboard.type('1jR');
  await page.keyboard.press('Escape');
  const state = await callSwitchyard<EngineState>(switchyard, 'state.get');
  expect(state.pools[0]?.backends[0]?.state).toBe('ready');
  await gone();
});

test('a double click lets one go on, and the one behind it is next; the keyboard stays in the queue', async () => {
  const replies: Promise<unknown>[] = [];
  for (const name of ['A', 'B', 'C', 'D']) {
    replies.push(send(gateway, `/hold/${name}`));
    await heldRow(`/hold/${name}`).waitFor();
  }
  await heldRow('/hold/B').click();
  await panel().getByRole('button', { name: 'Continue', exact: true }).dblclick();
  await heldRow('/hold/B').waitFor({ state: 'detached' });
  const target = panel().getByRole('textbox', { name: 'Path and query' });
  await expect.poll(() => target.inputValue()).toBe('/hold/C');
  await panel().getByRole('button', { name: 'Continue', exact: true }).press('Enter');
  await expect.poll(() => target.inputValue()).toBe('/hold/D');
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('/hold/D');
  await panel().getByText('2 messages held').first().waitFor();
  await panel().getByRole('button', { name: 'Continue all' }).click();
  await Promise.all(replies);
  await gone();
});

test('it can be aborted', async () => {
  const reply = send(gateway, '/hold/4').catch((error: NodeJS.ErrnoException) => error.code);
  await panel().getByRole('button', { name: 'Abort' }).click();
  await page.getByRole('menuitem', { name: 'Reset the connection' }).click();
  expect(await reply).toBe('ECONNRESET');
  await gone();
});

test('a response is edited before the client gets it', async () => {
  const reply = send(gateway, '/answer');
  await panel().getByRole('textbox', { name: 'Status' }).fill('202');
  await panel().getByRole('textbox', { name: 'Body' }).fill('mine');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await reply).toMatchObject({ status: 202, text: 'mine' });
  await gone();
});

test('a mistake in an edit is told, and the message stays held', async () => {
  const reply = send(gateway, '/hold/5');
  const target = panel().getByRole('textbox', { name: 'Path and query' });
  await target.fill('no slash');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  await panel().getByRole('alert').getByText('begins with /').waitFor();
  await target.fill('/slash');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect((await reply).status).toBe(200);
});

test('many are held at once, and all go on with one click', async () => {
  const replies = Array.from({ length: 100 }, (_, index) => send(gateway, `/hold/many/${index}`));
  await panel().getByText('100 messages held').first().waitFor();
  await panel().getByRole('button', { name: 'Continue all' }).click();
  expect(new Set((await Promise.all(replies)).map(({ status }) => status))).toEqual(new Set([200]));
  await gone();
});

test('the next request like one that was seen is held, and only that', async () => {
  await send(gateway, '/seen?a=1');
  await page.getByRole('option').filter({ hasText: '/seen?a=1' }).click();
  await page.getByRole('heading', { name: 'GET /seen?a=1' }).waitFor();
  await page.keyboard.press('b');
  await panel().getByText('method = GET and host = 127.0.0.1 and path = /seen').waitFor();
  const held = send(gateway, '/seen?a=2');
  await heldRow('/seen?a=2').waitFor();
  expect((await send(gateway, '/seen?a=3')).status).toBe(200);
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect((await held).status).toBe(200);
  await gone();
});

test('what a rule and a person made of the head is told step by step', async () => {
  const reply = send(gateway, '/hold/steps');
  await panel().getByRole('textbox', { name: 'Path and query' }).fill('/stepped');
  await panel().getByRole('button', { name: 'Continue', exact: true }).click();
  expect((await reply).status).toBe(200);
  await gone();
  await page.getByRole('option').filter({ hasText: '/hold/steps' }).click();
  await page.getByRole('tab', { name: 'Rules' }).click();
  const tab = page.getByRole('tabpanel');
  await tab.getByText('x-from-rule: yes').first().waitFor();
  const step = tab.getByRole('button', { name: 'edited by hand at a breakpoint' });
  const whole = step.locator('xpath=..');
  await expect.poll(() => whole.getByText('GET /stepped').count()).toBe(1);
  await expect.poll(() => whole.getByText('Host: ').count()).toBe(0);
  await step.click();
  await whole.getByText('Host: ').waitFor();
  expect(await axeFindings(page)).toEqual([]);
});

test('the page complained of nothing', () => {
  expect(complaints).toEqual([]);
});
