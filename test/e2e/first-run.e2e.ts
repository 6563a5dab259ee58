/** An empty config in Chromium: processes that listen here are picked, and the first request is answered by them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answeredBy, type Backend, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backends: Backend[] = [];
let switchyard: Switchyard;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  backends = await Promise.all(['a', 'b'].map((name) => startBackend(name)));
  switchyard = await runSwitchyard('version: 1\n');
  browser = await launchBrowser();
  ({ page } = await openWindow(browser, switchyard.ui));
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await Promise.all(backends.map((backend) => backend.close()));
});

function describedBy(field: Element): string {
  return document.getElementById(field.getAttribute('aria-describedby') ?? '')?.innerText ?? '';
}

test('a port that is taken is told once, at its field, with what to do', async () => {
  const taken = `127.0.0.1:${backends[0]?.port}`;
  await page.getByRole('textbox', { name: 'Backend URLs' }).fill(`http://127.0.0.1:${backends[1]?.port}`);
  const address = page.getByRole('textbox', { name: 'Listen on' });
  await address.fill(taken);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('stop the other program or choose another port').waitFor();
  const told = `${taken} is taken (EADDRINUSE)`;
  expect((await page.locator('body').innerText()).split(told)).toHaveLength(2);
  expect(await address.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => address.evaluate(describedBy)).toContain(told);
  await page.getByRole('textbox', { name: 'Backend URLs' }).fill('');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Give at least one URL').waitFor();
  expect(await page.getByText(told).count()).toBe(0);
});

test('two processes are picked and answer in turns', async () => {
  const picked = backends.map(({ port }) => page.getByRole('button', { name: `127.0.0.1:${port}` }));
  for (const button of picked) await button.click();
  await picked[0]?.getByText('picked').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  const address = `127.0.0.1:${await freePort()}`;
  await page.getByRole('textbox', { name: 'Listen on' }).fill(address);
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText(`curl -i http://${address}/`).waitFor();
  expect(await answeredBy(address, 4)).toEqual(['a', 'b', 'a', 'b']);
});

test('the demo is one click away', async () => {
  const empty = await runSwitchyard('version: 1\n');
  await page.goto(empty.ui);
  await page.getByRole('button', { name: 'Show me a demo' }).click();
  await page.getByRole('option').filter({ hasText: '/api/users/17' }).first().waitFor();
  await page.getByRole('switch', { name: 'api/c takes traffic' }).waitFor();
  await empty.close();
});
