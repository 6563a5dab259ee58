/** A page in Chromium whose engine goes away, comes back, or is another one that takes another token. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const CONFIG = `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, respond: { status: 200 } }]
`;

let address = '';
let browser: Browser;
let page: Page;
let engine: Switchyard;

beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  engine = await runSwitchyard(CONFIG, { ui: address, token: 'first' });
  browser = await launchBrowser();
  ({ page } = await openWindow(browser, engine.ui));
  await page.getByText('Send a first request').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await engine?.close();
});

const banner = () => page.getByRole('status').filter({ has: page.locator('.banner') });
const given = () => page.getByRole('textbox', { name: 'Address or token' });
const recording = (name: string) => page.getByRole('banner').getByRole('button', { name, exact: true });

async function another(token: string): Promise<void> {
  await engine.close();
  engine = await runSwitchyard(CONFIG, { ui: address, token });
}

test('without an engine nobody is asked to send a request, and the same token goes on by itself', async () => {
  await engine.close();
  await page.getByText('Nothing is sent or recorded until it runs again.').waitFor();
  await recording('No engine').waitFor();
  expect(await page.getByText('Send a first request').count()).toBe(0);
  engine = await runSwitchyard(CONFIG, { ui: address, token: 'first' });
  await page.getByText('Send a first request').waitFor();
  await recording('Recording').waitFor();
});

test('an engine with another token: the page says that its own is no longer valid, after a reload, too', async () => {
  await another('second');
  await banner().getByText('This page’s token is no longer valid').waitFor();
  await recording('Not let in').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.reload();
  await banner().getByText('This page’s token is no longer valid').waitFor();
  await recording('Not let in').waitFor();
  expect(await page.getByText(/Paused|Send a first request/).count()).toBe(0);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('a token that is pasted is tried, kept for a reload, or told to be wrong as well', async () => {
  await given().fill('third');
  await given().press('Enter');
  await banner().getByText('That is not its token either.').waitFor();
  await given().fill('no token at all');
  await given().press('Enter');
  await banner().getByText('That is not its token either.').waitFor();
  await given().fill(`ready ui=${engine.ui} gateway=127.0.0.1:8080`);
  await given().press('Enter');
  await page.getByText('Send a first request').waitFor();
  await page.reload();
  await page.getByText('Send a first request').waitFor();
});

test('the address that the engine printed is opened in the same tab', async () => {
  await another('fourth');
  await banner().getByText('This page’s token is no longer valid').waitFor();
  await page.goto(engine.ui);
  await page.getByText('Send a first request').waitFor();
  expect(page.url()).toBe(`http://${address}/`);
});

test('the engine that took this token comes back after one that did not', async () => {
  await another('fifth');
  await banner().getByText('This page’s token is no longer valid').waitFor();
  await another('fourth');
  await page.getByText('Send a first request').waitFor();
});

test.each([
  ['without a token', '', 'This page has no token'],
  ['with what cannot be one', '#token=a%20b', 'This page’s token is no longer valid'],
])('a page %s is told so', async (_, hash, told) => {
  const opened = await openWindow(browser, `http://${address}/${hash}`);
  await opened.page.getByText(told).waitFor();
  await opened.page.context().close();
});
