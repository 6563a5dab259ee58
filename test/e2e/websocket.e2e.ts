/** A WebSocket in the real UI: in the list while it is open, its messages as they pass. */
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { axeFindings, launchBrowser, openWindow } from '../support/browser.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

let server: WebSocketServer;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let socket: WebSocket;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (client) => client.on('message', (data, binary) => client.send(data, { binary })));
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  switchyard = await runSwitchyard(`version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: echo }]
pools: { echo: { backends: [{ name: a, url: 'http://127.0.0.1:${port}' }] } }
`);
  browser = await launchBrowser();
  ({ page } = await openWindow(browser, switchyard.ui, { viewport: { width: 1440, height: 860 } }));
  socket = new WebSocket(`ws://${switchyard.listeners.gateway}/live`);
  await new Promise((resolve) => socket.once('open', resolve));
});
afterAll(async () => {
  socket?.terminate();
  server?.close();
  await browser?.close();
  await switchyard?.close();
});

const message = (text: string) =>
  page.getByRole('list', { name: 'Messages' }).getByRole('button').filter({ hasText: text });

test('its messages are shown while they pass', async () => {
  await page.getByRole('option').filter({ hasText: '/live' }).click();
  await page.getByRole('tab', { name: 'Response' }).click();
  await page.getByText('No message has passed yet').waitFor();
  socket.send('{"hello":"from the client"}');
  await message('{"hello":"from the client"}').first().waitFor();
  await expect.poll(() => message('{"hello":"from the client"}').count()).toBe(2);
  socket.send(Buffer.from('binary too'));
  await message('62 69 6e').first().waitFor();
  await message('{"hello":"from the client"}').last().click();
  await page.getByText('1 frame').waitFor();
  const shown = page.locator('.message-open');
  await shown.getByText('hello:').waitFor();
  await shown.getByRole('button', { name: 'Text', exact: true }).click();
  await shown.getByText('{"hello":"from the client"}').waitFor();
  await message('62 69 6e').first().click();
  await shown.first().getByText('binary too').waitFor();
  await shown.first().getByRole('button', { name: 'Hex', exact: true }).click();
  await shown.first().getByText('00000000').waitFor();
  await shown.first().getByRole('button', { name: 'Protobuf', exact: true }).click();
  await shown.first().getByText('Fields are shown by their numbers.').waitFor();
  expect(await axeFindings(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/websocket.png` });
});

test('100,000 messages that pass while one looks: the newest are shown, and all are kept', async () => {
  let echoes = 0;
  socket.on('message', () => echoes++);
  for (let n = 1; n <= 50_000; n++) socket.send(`message ${n}`);
  await until(() => echoes === 50_000, 'all echoes');
  await message('message 50000').first().waitFor();
  await page.getByText('100,004 to 99,805 of 100,004').waitFor();
  await expect.poll(() => page.getByText(/not kept/).count()).toBe(0);
  await message('message 50000').last().click();
  await page.getByText('1 frame').waitFor();
});

test('among many messages: the oldest, a number, and a text in them', async () => {
  await page.getByRole('button', { name: 'Oldest messages' }).click();
  await page.getByText('200 to 1 of 100,004').waitFor();
  await message('{"hello":"from the client"}').first().waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Oldest messages' }).isDisabled()).toBe(true);
  await page.getByLabel('Go to number').fill('99,000');
  await expect.poll(() => page.getByLabel('Go to number').getAttribute('aria-invalid')).toBe('true');
  await page.getByText('There are 1 to 100,004.').waitFor();
  await page.getByLabel('Go to number').fill('99000');
  await page.getByLabel('Go to number').press('Enter');
  await page.getByText('99,000 to 98,801 of 100,004').waitFor();
  const list = page.getByRole('list', { name: 'Messages' });
  await list.getByRole('button').first().filter({ hasText: '99,000' }).waitFor();
  await page.getByLabel('Find in messages').fill('MESSAGE 4999');
  await page.getByText(/^\d\d messages have it/).waitFor();
  await list.getByRole('button').filter({ hasText: 'message 49995' }).first().waitFor();
  await expect.poll(() => list.getByRole('button').filter({ hasNotText: 'message 4999' }).count()).toBe(0);
  expect(await axeFindings(page)).toEqual([]);
  await page.getByLabel('Find in messages').fill('');
  await message('message 50000').first().waitFor();
});

test('of more than is kept, the list and the number field say which are there', async () => {
  for (let n = 0; n < 20; n++) socket.send(Buffer.alloc(256 * 1024, n));
  await page.getByText(/^The first [\d,]+ messages were not kept; here are [\d,]+ to 100,044\.$/).waitFor();
  await page.getByText(/^\d+ of 100,044$/).waitFor();
  await page.getByLabel('Go to number').fill('50000');
  await page.getByText(/^50,000 was not kept; there are [\d,]+ to 100,044\.$/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/messages-not-kept.png` });
  await page.getByLabel('Go to number').fill('');
});

test('the row and the exchange end with it', async () => {
  await page.getByText('Switching Protocols · in flight').waitFor();
  socket.close(1000, 'done');
  await message('1000 done').first().waitFor();
  await page.getByText('Switching Protocols · in flight').waitFor({ state: 'detached' });
});
