/** The page Backends in Chromium against a real `switchyard run`: policy, weights, keys, faults, backends that come and go. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PoolsHistory } from '../../proxy-engine/contract/pool-commands.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { answeredBy, type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, goTo, launchBrowser, openWindow, steadyBox } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backends: Backend[] = [];
let newcomer: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let gateway = '';

beforeAll(async () => {
  backends = await Promise.all(['a', 'b', 'c'].map((name) => startBackend(name)));
  newcomer = await startBackend('newcomer');
  switchyard = await runSwitchyard(
    `${gatewayConfig('127.0.0.1:0', backends)}  found: { policy: ketama, hash: { on: client_ip }, discover: { file: nowhere.json } }\n`,
  );
  gateway = switchyard.listeners.gateway ?? '';
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
  await goTo(page, 'Backends');
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await Promise.all([...backends, newcomer].map((backend) => backend.close()));
});

const row = (name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('button', { name: `More for ${name}` }) });
const weightBar = (name: string) => page.getByRole('slider', { name: `Weight of ${name}` });
const dialog = () => page.getByRole('dialog');
const menu = async (backend: string, item: string): Promise<void> => {
  await page.getByRole('button', { name: `More for ${backend}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const weightOf = (name: string): Promise<string> =>
  page.getByRole('textbox', { name: `Weight of ${name}` }).inputValue();

test('a weight is dragged, and stepped by keys', async () => {
  const box = await steadyBox(weightBar('a'));
  const [x, y] = [box.x + 4, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y, { steps: 4 });
  await expect.poll(() => weightOf('a')).toBe('3');
  await page.mouse.up();
  await weightBar('a').press('ArrowLeft');
  await expect.poll(() => weightOf('a')).toBe('2');
  const answers = await answeredBy(gateway, 8);
  expect(answers.filter((name) => name === 'a')).toHaveLength(4);
  await weightBar('a').press('ArrowDown');
  await expect.poll(() => weightOf('a')).toBe('1');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 20, y, { steps: 4 });
  await expect.poll(() => weightOf('a')).toBe('3');
  await page.mouse.move(x, y, { steps: 4 });
  await expect.poll(() => weightOf('a')).toBe('1');
  await page.mouse.up();
});

test('a fault by its key: told on the row and the tile, felt by requests, ended', async () => {
  await page.keyboard.press('Alt+2');
  await dialog().getByRole('button', { name: 'Errors' }).click();
  await dialog().getByRole('textbox', { name: 'Errors, %' }).fill('100');
  await dialog().getByRole('textbox', { name: 'Error status' }).fill('418');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await dialog().getByRole('button', { name: 'Apply fault' }).click();
  await dialog().waitFor({ state: 'detached' });
  await row('b').getByText('fault: 100 % 418').waitFor();
  await page.getByRole('article', { name: 'api/b' }).getByText('fault: 100 % 418').waitFor();
  const replies = await Promise.all([1, 2, 3].map(() => send(gateway)));
  expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 418]);
  await menu('b', 'Faults…');
  await dialog().getByRole('button', { name: 'End fault' }).click();
  await row('b').getByText('fault:').waitFor({ state: 'detached' });
});

test('a number that is none is told and not sent', async () => {
  await menu('a', 'Faults…');
  await dialog().getByRole('button', { name: 'Apply fault' }).click();
  await dialog().getByRole('alert').getByText('Choose something').waitFor();
  await dialog().getByRole('textbox', { name: 'Latency, ms' }).fill('soon');
  await dialog().getByRole('button', { name: 'Apply fault' }).click();
  await dialog().getByRole('alert').getByText('Expected a number').waitFor();
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
});

test('a policy with a ring: drawn, and the key gets who the page says', async () => {
  await page.getByRole('button', { name: 'Policy round robin' }).click();
  await page.getByRole('menuitemradio', { name: 'ketama hash' }).click();
  await page.getByRole('button', { name: 'Key path and query' }).click();
  await page.getByRole('menuitemradio', { name: 'header' }).click();
  await page.getByRole('textbox', { name: 'Name of the header, cookie or parameter' }).fill('x-who');
  await page.keyboard.press('Enter');
  await page.getByRole('img', { name: 'Ring of api' }).waitFor();
  // Of two pools that go by keys each has such a card.
  const card = page.getByRole('region', { name: 'api: Which backend gets this key?' });
  const answer = card.getByRole('status');
  for (const key of ['ada', 'grace', 'edsger', '0']) {
    await card.getByRole('textbox', { name: 'Which backend gets this key?' }).fill(key);
    const asked = async () =>
      (JSON.parse((await send(gateway, '/', { headers: { 'x-who': key } })).text) as { backend: string }).backend;
    await expect.poll(async () => (await answer.textContent())?.trim()).toBe(`It gets ${await asked()}`);
  }
  const owner = (await answer.textContent())?.at(-1) ?? '';
  const setState = (state: string) =>
    callSwitchyard(switchyard, 'backend.setState', { pool: 'api', backend: owner, state });
  await setState('drain');
  await expect
    .poll(() => answer.textContent())
    .toMatch(new RegExp(`^It gets [^${owner}]instead of ${owner}: drain by you, `));
  await setState('ready');
  await expect.poll(async () => (await answer.textContent())?.trim()).toBe(`It gets ${owner}`);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('a listening process is picked, probed while one types, added, and taken away', async () => {
  await page.getByRole('button', { name: 'Add backend' }).click();
  await dialog().getByRole('textbox', { name: 'URL' }).fill('http://127.0.0.1:1');
  await dialog().getByText('connection refused').waitFor();
  await dialog()
    .getByRole('button', { name: `127.0.0.1:${newcomer.port}` })
    .click();
  await dialog()
    .getByText(/connect/)
    .waitFor();
  await dialog().getByRole('textbox', { name: 'Name' }).fill('d');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await row('d').waitFor();
  await menu('d', 'Remove from the pool');
  await row('d').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement === document.body)).toBe(false);
});

test('a pool whose backends cannot be discovered says where they should be and why they are not', async () => {
  const found = page.getByRole('region', { name: 'found', exact: true });
  await found.getByText('nowhere.json', { exact: true }).waitFor();
  await found
    .getByRole('alert')
    .getByText(/nowhere\.json: there is no such file/)
    .waitFor();
  await page
    .getByRole('region', { name: 'Backends', exact: true })
    .getByText(/there is no such file/)
    .waitFor();
});

test('after a reload the charts show what went before', async () => {
  await callSwitchyard(switchyard, 'backend.setFault', { pool: 'api', backend: 'c', fault: { reset: 'head' } });
  for (let i = 0; i < 30; i++) await send(gateway, '/', { headers: { 'x-who': String(i) } });
  await callSwitchyard(switchyard, 'backend.setFault', { pool: 'api', backend: 'c', fault: null });
  const failures = async () => {
    const { pools } = await callSwitchyard<EngineState>(switchyard, 'state.get');
    const history = await callSwitchyard<PoolsHistory>(switchyard, 'pools.history');
    const sum = (of: readonly { failures: number | number[] }[]): number =>
      of.reduce((all, one) => all + ([one.failures].flat().at(-1) ?? 0), 0);
    return { now: sum(pools[0]?.backends ?? []), sampled: sum(history.backends) };
  };
  await expect.poll(async () => (await failures()).sampled).toBe((await failures()).now);
  const { now } = await failures();
  expect(now).toBeGreaterThan(0);
  await page.reload();
  await page.getByText(`${now} so far`).waitFor();
  await expect.poll(() => page.getByRole('img', { name: 'Chart: Requests' }).count()).toBeGreaterThan(0);
});

test('the name of a pool in the dock leads to it, and the frame stays where it is', async () => {
  await page.setViewportSize({ width: 1280, height: 280 });
  await page
    .getByRole('region', { name: 'Backends', exact: true })
    .getByRole('button', { name: 'found', exact: true })
    .click();
  const head = page.getByRole('heading', { name: 'found', exact: true });
  await expect.poll(async () => (await head.boundingBox())?.y ?? 280).toBeLessThan(150);
  const beyond = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
  expect([beyond, (await page.getByRole('banner').first().boundingBox())?.y]).toEqual([0, 0]);
});

test('of many pools the charts are drawn that can be seen', async () => {
  const many = Array.from({ length: 8 }, (_, n) => `  pool-${n}: { backends: [{ url: '${backends[0]?.url}' }] }\n`);
  const crowded = await runSwitchyard(`${gatewayConfig('127.0.0.1:0', backends)}${many.join('')}`);
  const opened = await openWindow(browser, crowded.ui);
  try {
    await goTo(opened.page, 'Backends');
    const drawn = (pool: string) => opened.page.getByRole('region', { name: pool, exact: true }).locator('canvas');
    await expect.poll(() => drawn('api').count()).toBeGreaterThan(0);
    expect(await drawn('pool-7').count()).toBe(0);
    const decided = { pool: 'pool-7', backend: new URL(backends[0]?.url ?? '').host, state: 'maint' };
    await callSwitchyard(crowded, 'backend.setState', decided);
    await opened.page.getByRole('heading', { name: 'pool-7' }).scrollIntoViewIfNeeded();
    await expect.poll(() => drawn('pool-7').count()).toBeGreaterThan(0);
    await opened.page.getByRole('region', { name: 'pool-7', exact: true }).getByText('maint by you').waitFor();
    expect(opened.complaints).toEqual([]);
  } finally {
    await opened.page.close();
    await crowded.close();
  }
});

test('of eight backends the legend names those that find room, and says how many more there are', async () => {
  const eight = Array.from({ length: 8 }, (_, n) => `{ name: b0-${n}, url: '${backends[0]?.url}' }`).join(', ');
  const crowded = await runSwitchyard(`${gatewayConfig('127.0.0.1:0', backends)}  many: { backends: [${eight}] }\n`);
  const opened = await openWindow(browser, crowded.ui);
  try {
    await goTo(opened.page, 'Backends');
    const legend = opened.page.getByRole('region', { name: 'many', exact: true }).locator('.legend');
    await legend.scrollIntoViewIfNeeded();
    const told = () => legend.evaluate((line) => line.textContent);
    await expect.poll(told).toMatch(/^b0-0b0-1.*\+\d$/);
    const named = await legend.locator('.backend-chip').count();
    expect((await told())?.endsWith(`+${8 - named}`)).toBe(true);
    expect(await legend.evaluate((line) => line.scrollWidth - line.clientWidth)).toBe(0);
  } finally {
    await opened.page.close();
    await crowded.close();
  }
});

test('a port in the dock is shown whole or not at all, and a name that is too long with its ends', async () => {
  const names = ['a', 'ab', 'abcdefgh', '一二三四五六七八', 'replica-with-a-long-generated-name-xk2lp', 'f', 'g', 'h'];
  const url = (n: number) => `http://127.0.0.1:${new URL(backends[n % 3]?.url ?? '').port}`;
  const all = names.map((name, n) => `{ name: ${name}, url: '${url(n)}' }`).join(', ');
  const crowded = await runSwitchyard(`${gatewayConfig('127.0.0.1:0', backends)}  many: { backends: [${all}] }\n`);
  const opened = await openWindow(browser, crowded.ui);
  try {
    const tile = (name: string) => opened.page.getByRole('article', { name: `many/${name}`, exact: true });
    for (const name of names) {
      await tile(name).scrollIntoViewIfNeeded();
      const seen = await tile(name).evaluate((one) => {
        const [line, port] = ['.tile-name', '.tile-port'].map((part) => one.querySelector(part));
        const [lineBox, box] = [line?.getBoundingClientRect(), port?.getBoundingClientRect()];
        if (!port || !lineBox || !box) throw new Error('there is none');
        if (box.width === 0 || box.top >= lineBox.bottom) return 'not at all';
        return port.scrollWidth > port.clientWidth || box.right > lineBox.right + 0.5 ? 'cut' : 'whole';
      });
      expect([name, seen]).toEqual([name, expect.stringMatching(name.length < 3 ? 'whole' : /whole|not at all/)]);
    }
    const end = tile('replica-with-a-long-generated-name-xk2lp').getByText('k2lp');
    await expect.poll(async () => (await end.boundingBox())?.width).toBeGreaterThan(15);
  } finally {
    await opened.page.close();
    await crowded.close();
  }
});

test('a backend with a long address keeps its name, and its cell', async () => {
  const url = 'http://a-host-that-does-not-exist-and-has-a-name-that-is-longer-than-its-column.test:12345';
  const far = await runSwitchyard(
    `${gatewayConfig('127.0.0.1:0', backends)}  far: { backends: [{ name: x1, url: '${url}' }] }\n`,
  );
  const opened = await openWindow(browser, far.ui);
  try {
    await goTo(opened.page, 'Backends');
    const cells = opened.page.getByRole('region', { name: 'far', exact: true }).locator('tbody td');
    const name = cells.first().getByText('x1', { exact: true });
    for (const width of [1280, 1920]) {
      await opened.page.setViewportSize({ width, height: 800 });
      const beyond = cells.first().evaluate((cell) => cell.scrollWidth - cell.clientWidth);
      expect([width, await beyond]).toEqual([width, 0]);
      expect((await steadyBox(name)).width).toBeGreaterThan(8);
    }
  } finally {
    await opened.page.close();
    await far.close();
  }
});

test('the page complained of nothing', () => {
  expect(complaints).toEqual([]);
});
