/** The real UI in Chromium against a real `switchyard run`: what a person does with it, by roles and names. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Locator, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commandDefinitions } from '../../renderer/commands/registry.ts';
import { answeredBy, type Backend, send, startBackend } from '../support/backend.ts';
import { axeFindings, axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backends: Backend[] = [];
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];
let gateway = '';

beforeAll(async () => {
  backends = await Promise.all(['a', 'b', 'c'].map((name) => startBackend(name)));
  switchyard = await runSwitchyard(gatewayConfig('127.0.0.1:0', backends));
  gateway = switchyard.listeners.gateway ?? '';
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui, { viewport: { width: 1440, height: 860 } }));
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await Promise.all(backends.map((backend) => backend.close()));
});
beforeEach(() => goTo('Traffic'));

const goTo = (name: string, window = page): Promise<void> =>
  window.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
const row = (text: string) => page.getByRole('option').filter({ hasText: text });
const switchOf = (name: string) => page.getByRole('switch', { name: `api/${name} takes traffic` });
const filter = () => page.getByRole('combobox', { name: 'Filter expression' });

async function whoAnswers(): Promise<string[]> {
  return [...new Set(await answeredBy(gateway, 6))].sort();
}

test('the token leaves the address bar', () => {
  expect(page.url()).not.toContain('token');
});

test('exchanges appear as they happen', async () => {
  await send(gateway, '/orders?page=2');
  await row('/orders?page=2').waitFor();
});

test('a filter shows what it holds for, and all again when it is cleared', async () => {
  await send(gateway, '/kept');
  await send(gateway, '/dropped');
  await row('/dropped').waitFor();
  await filter().fill('path = /kept');
  await row('/dropped').waitFor({ state: 'detached' });
  await expect.poll(() => row('/kept').count()).toBe(1);
  await filter().fill('');
  await row('/dropped').waitFor();
});

test('what is typed right after / stands in the filter and does nothing to the list', async () => {
  await send(gateway, '/typed-at');
  await row('/typed-at').first().click();
  // In one go: no frame is drawn in between.
  const typed = await page.evaluate(() => {
    const press = (key: string, code: string) =>
      (document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent('keydown', { key, code, bubbles: true }),
      );
    press('/', 'Slash');
    press('p', 'KeyP');
    return document.activeElement?.getAttribute('aria-label');
  });
  expect(typed).toBe('Filter expression');
  await filter().fill('pinned');
  await page.getByText(/^0 of/).waitFor();
  await filter().fill('');
});

test('the detail has a tab for every side of an exchange', async () => {
  await send(gateway, '/detail', { headers: { 'x-asked': 'yes' } });
  await row('/detail').click();
  const detail = page.getByRole('region', { name: 'Exchange' });
  const expected: [tab: RegExp, content: string][] = [
    [/^Overview/, 'round robin'],
    [/^Request/, 'x-asked'],
    [/^Response/, 'application/json'],
    [/^Attempts/, '200'],
    [/^Timing/, 'ms'],
    [/^Raw/, 'GET /detail HTTP/1.1'],
  ];
  for (const [name, content] of expected) {
    await detail.getByRole('tab', { name }).click();
    await detail.getByRole('tabpanel').getByText(content).first().waitFor();
  }
});

test('the list is where it was when another page has been looked at; ? shows the keys', async () => {
  for (let n = 0; n < 60; n++) await send(gateway, `/many/${n}`);
  await page.getByRole('button', { name: 'Follow' }).click();
  await row('/many/59').waitFor();
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  await list.hover();
  await page.mouse.wheel(0, -600);
  const top = () => list.evaluate(({ scrollTop }) => scrollTop);
  await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor();
  // It glides there.
  let before = -1;
  await expect
    .poll(async () => {
      const last = before;
      before = await top();
      return before - last;
    })
    .toBe(0);
  await page.keyboard.press('Shift+?');
  await expect.poll(() => page.getByRole('heading', { name: 'Keyboard shortcuts' }).isVisible()).toBe(true);
  await expect
    .poll(() =>
      page.getByRole('heading', { name: 'Keyboard shortcuts' }).evaluate((one) => one.getBoundingClientRect().top),
    )
    .toBeLessThan(300);
  for (const { title, ...command } of commandDefinitions)
    if ('key' in command) await page.locator('.key-row', { hasText: title }).first().waitFor();
  await goTo('Traffic');
  await list.waitFor();
  expect(before).toBeGreaterThan(0);
  await expect.poll(() => top()).toBe(before);
  await page.getByRole('button', { name: 'Follow' }).click();
});

test('rows stand in their order, each in its place, while the list follows and while it is scrolled', async () => {
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  const places = () =>
    list
      .getByRole('option')
      .evaluateAll((rows) =>
        rows
          .map((one) => ({ row: Number(one.getAttribute('aria-posinset')), top: one.getBoundingClientRect().top }))
          .sort((a, b) => a.top - b.top),
      );
  const steps = async () => {
    const shown = await places();
    const next = shown.slice(1).map(({ row: at, top }, n) => [at - (shown[n]?.row ?? 0), top - (shown[n]?.top ?? 0)]);
    return [...new Set(next.map(String))];
  };
  // In the document, by which selected text is copied and screen readers read.
  const isInOrder = () =>
    list
      .getByRole('option')
      .evaluateAll((rows) => rows.map((one) => Number(one.getAttribute('aria-posinset'))))
      .then((shown) => shown.every((at, n) => at === (shown[0] ?? 0) + n));
  for (let n = 0; n < 70; n++) await send(gateway, `/steps/${n}`);
  await row('/steps/69').waitFor();
  await expect.poll(() => steps()).toEqual(['1,26']);
  await list.hover();
  for (const [wheel, sent] of [
    [-600, 20],
    [-300, 0],
    [150, 20],
  ] as const) {
    const first = (await places())[0]?.row;
    await page.mouse.wheel(0, wheel);
    await expect.poll(async () => (await places())[0]?.row).not.toBe(first);
    for (let n = 0; n < sent; n++) await send(gateway, '/steps/more');
    await expect.poll(steps).toEqual(['1,26']);
    await expect.poll(isInOrder).toBe(true);
  }
  await page.getByRole('button', { name: 'Follow' }).click();
  const count = () => row('/steps/more').count();
  await expect.poll(count).toBeGreaterThan(20);
  await expect.poll(() => steps()).toEqual(['1,26']);
});

test('the exchange that is pressed is the one that is shown, also when the list moves before the button is let go', async () => {
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  for (let n = 0; n < 60; n++) await send(gateway, `/pressed/${n}`);
  await row('/pressed/59').waitFor();
  const box = await row('/pressed/50').boundingBox();
  if (!box) throw new Error('the row is not on the screen');
  await page.mouse.move(box.x + 150, box.y + box.height / 2);
  const count = async () => Number(await list.getByRole('option').first().getAttribute('aria-setsize'));
  const before = await count();
  await page.mouse.down();
  for (let n = 0; n < 5; n++) await send(gateway, `/after/${n}`);
  await expect.poll(count).toBe(before + 5);
  await page.mouse.up();
  await expect.poll(() => list.getByRole('option', { selected: true }).allTextContents()).toHaveLength(1);
  expect(await list.getByRole('option', { selected: true }).textContent()).toContain('/pressed/50');
  await page.getByRole('button', { name: 'Follow' }).click();
});

test('no row is moved in the document while one scrolls, however soon after it followed', async () => {
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  for (let n = 0; n < 70; n++) await send(gateway, `/unmoved/${n}`);
  await row('/unmoved/69').waitFor();
  const result = await list.evaluate(async (element) => {
    const frame = () => new Promise(requestAnimationFrame);
    // It never comes to rest.
    const { setInterval } = window;
    window.setInterval = (() => 0) as unknown as typeof setInterval;
    let moved = 0;
    const observer = new MutationObserver((records) => {
      for (const { removedNodes } of records) moved += removedNodes.length;
    });
    observer.observe(element.querySelector('.virtual-rows') as Element, { childList: true });
    const firstRow = () =>
      Math.min(...[...element.querySelectorAll('[role=option]')].map((one) => Number(one.ariaPosInSet)));
    const before = firstRow();
    for (let step = 0; step < 12; step++) {
      element.scrollTop -= 40;
      await frame();
      await frame();
    }
    observer.disconnect();
    window.setInterval = setInterval;
    return { moved, hasScrolled: firstRow() < before };
  });
  expect(result).toEqual({ moved: 0, hasScrolled: true });
  await page.getByRole('button', { name: 'Follow' }).click();
});

test('the list goes on following when the room for it changes twice before it is drawn', async () => {
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  await list.evaluate(async (element) => {
    const frame = () => new Promise(requestAnimationFrame);
    const height = element.clientHeight;
    element.style.height = `${height - 200}px`;
    await frame();
    await frame();
    element.style.height = `${height}px`;
    // The browser takes the list to its end, which the next line moves away again.
    if (element.scrollTop + element.clientHeight < element.scrollHeight) throw new Error('it is not at its end');
    element.style.height = `${height - 100}px`;
    await new Promise((resolve) => new ResizeObserver(resolve).observe(element));
    // As it comes when the page has no time to draw in between.
    element.dispatchEvent(new Event('scroll'));
    await frame();
    element.style.height = '';
  });
  await page.getByRole('button', { name: 'Follow', pressed: true }).waitFor();
});

test('a cell says under the pointer what it has no room for', async () => {
  const path = `/titled?${'x'.repeat(300)}`;
  await send(gateway, path);
  const cell = row('/titled').locator('.cell-path');
  await cell.hover();
  await expect.poll(() => cell.getAttribute('title')).toBe(path);
});

test('text that is selected across rows is copied as it is seen, also after they have moved', async () => {
  const list = page.getByRole('listbox', { name: 'Exchanges' });
  for (let n = 0; n < 60; n++) await send(gateway, `/copied/${n}`);
  await row('/copied/59').waitFor();
  await list.hover();
  // By more rows than are kept beyond the edges: other elements have them now, and stand elsewhere in the document.
  await page.mouse.wheel(0, -340);
  await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor();
  await expect
    .poll(() =>
      list
        .getByRole('option')
        .filter({ hasText: /\/copied\/4\d/ })
        .count(),
    )
    .toBe(10);
  const copied = await list.evaluate((element) => {
    const rows = [...element.querySelectorAll('[role="option"]')].filter((one) =>
      /\/copied\/4\d/.test(one.textContent),
    );
    const tops = rows.toSorted((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
    const [first, last] = [tops[0], tops.at(-1)];
    if (!first || !last) throw new Error('the rows are not there');
    document.getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length);
    const clipboardData = new DataTransfer();
    first.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
    document.getSelection()?.removeAllRanges();
    return clipboardData.getData('text/plain');
  });
  const paths = copied.split('\n').map((line) => line.split('\t').find((cell) => cell.startsWith('/copied/')));
  expect(paths).toEqual(Array.from({ length: 10 }, (_, n) => `/copied/${40 + n}`));
  await page.getByRole('button', { name: 'Follow' }).click();
});

test('a reload leads back to the page and the filter', async () => {
  await send(gateway, '/reloaded');
  await filter().fill('path = /reloaded');
  await page.getByText(/^1 of/).waitFor();
  await goTo('Rules');
  await page.reload();
  await page.getByTestId('rules').waitFor();
  await goTo('Traffic');
  await page.getByText(/^1 of/).waitFor();
  await expect.poll(() => filter().inputValue()).toBe('path = /reloaded');
  await filter().fill('');
});

test('the switch in the dock takes a backend out and puts it back', async () => {
  await switchOf('a').click();
  await expect.poll(whoAnswers).toEqual(['b', 'c']);
  await switchOf('a').click();
  await expect.poll(whoAnswers).toEqual(['a', 'b', 'c']);
});

/** Another window, and what takes the engine away from it and gives it back. `withheld`: files that it gets only then. */
async function windowOfItsOwn(withheld?: RegExp) {
  const { page: other } = await openWindow(browser, switchyard.ui);
  let current: WebSocketRoute | undefined;
  let isAway = false;
  let isGivenBack = false;
  if (withheld) await other.route(withheld, (route) => (isGivenBack ? route.continue() : route.abort()));
  await other.routeWebSocket(/channel/, (socket) => {
    if (isAway) return void socket.close();
    current = socket;
    socket.connectToServer();
  });
  await other.reload();
  await other.getByRole('switch', { name: 'api/a takes traffic' }).waitFor();
  const banner = other.getByText('The engine is not reachable; trying again.');
  return {
    other,
    async lose(): Promise<void> {
      isAway = true;
      await current?.close();
      await banner.waitFor();
    },
    async giveBack(): Promise<void> {
      isAway = false;
      isGivenBack = true;
      await banner.waitFor({ state: 'detached' });
    },
  };
}

test('that the engine was not reachable is not said any more once it is', async () => {
  const { other, lose, giveBack } = await windowOfItsOwn();
  await lose();
  await goTo('Drills', other);
  const told = other.locator('.toast').getByText('The engine is not reachable.');
  await told.waitFor();
  await giveBack();
  // Long before its time is over.
  await told.waitFor({ state: 'detached', timeout: 5000 });
  await other.context().close();
});

test('a page that is first opened while the engine is away is there when it is back', async () => {
  const { other, lose, giveBack } = await windowOfItsOwn(/\/drills-page[^/]*\.js/);
  await lose();
  await goTo('Drills', other);
  await other.getByRole('main').getByText('Nothing is sent or recorded until it runs again.').waitFor();
  await giveBack();
  await other.getByRole('button', { name: 'Templates', exact: true }).waitFor();
  await other.context().close();
});

test('a body that is looked at while the engine is away is there when it is back', async () => {
  await send(gateway, '/body-of-one-away');
  const { other, lose, giveBack } = await windowOfItsOwn();
  await other.getByRole('option').filter({ hasText: '/body-of-one-away' }).first().click();
  const response = other.getByRole('tab', { name: /^Response/ });
  await response.waitFor();
  await lose();
  await response.click();
  const told = other.getByRole('tabpanel').getByText('The engine is not reachable.');
  await told.waitFor();
  await giveBack();
  await told.waitFor({ state: 'detached' });
  await other.context().close();
});

test('an export that is asked for while the engine is away is there when it is back', async () => {
  const { other, lose, giveBack } = await windowOfItsOwn();
  await lose();
  await other.keyboard.press('Shift+E');
  const told = other.getByRole('dialog').getByText('The engine is not reachable.');
  await told.waitFor();
  await giveBack();
  await told.waitFor({ state: 'detached' });
  await other.context().close();
});

test('a digit switches the backend of that number, Shift drains it', async () => {
  // A key acts on what the window shows, so the window must have seen what the last one did.
  const shown = () => switchOf('b').getAttribute('aria-checked');
  await page.keyboard.press('2');
  await expect.poll(whoAnswers).toEqual(['a', 'c']);
  await expect.poll(shown).toBe('false');
  await page.keyboard.press('2');
  await expect.poll(whoAnswers).toEqual(['a', 'b', 'c']);
  await page.keyboard.press('Shift+Digit3');
  await page.getByRole('article', { name: 'api/c' }).getByText('drain').first().waitFor();
  await expect.poll(whoAnswers).toEqual(['a', 'b']);
  await page.keyboard.press('3');
  await expect.poll(whoAnswers).toEqual(['a', 'b', 'c']);
});

test('digits typed into a field switch nothing', async () => {
  await filter().fill('');
  await filter().pressSequentially('123');
  await expect.poll(() => switchOf('a').getAttribute('aria-checked')).toBe('true');
  await filter().fill('');
});

test('a rule is made, edited and enabled, and acts on the next request', async () => {
  const header = async (): Promise<string | undefined> => {
    const { text } = await send(gateway, '/ruled');
    return (JSON.parse(text) as { headers: Record<string, string> }).headers['x-made-here'];
  };
  await goTo('Rules');
  await page.getByRole('button', { name: 'New rule' }).first().click();
  const form = page.locator('form');
  await form.getByRole('textbox', { name: 'Name' }).fill('Made here');
  const request = form.getByRole('group', { name: 'On the request' });
  await request.getByRole('button', { name: 'Add header action' }).click();
  await request.getByRole('textbox', { name: 'Header' }).last().fill('x-made-here');
  await request.getByRole('textbox', { name: 'Value' }).last().fill('first');
  await form.getByRole('button', { name: 'Save rule' }).click();
  const enabled = page.getByRole('switch', { name: 'Made here is enabled' });
  await enabled.waitFor();
  if ((await enabled.getAttribute('aria-checked')) !== 'true') await enabled.click();
  await expect.poll(header).toBe('first');

  await request.getByRole('textbox', { name: 'Value' }).last().fill('second');
  await form.getByRole('button', { name: 'Save rule' }).click();
  await expect.poll(header).toBe('second');

  await enabled.click();
  await expect.poll(header).toBeUndefined();
});

test.each(['Traffic', 'Backends', 'Rules', 'Settings'])(
  'axe finds nothing on the page %s, dark and light',
  async (name) => {
    await goTo(name);
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    expect(await axeFindingsInBothThemes(page)).toEqual([]);
  },
);

test('at 200 % zoom every button of the top bar is there, and the chosen tab in sight', async () => {
  await send(gateway, '/zoomed');
  await row('/zoomed').first().click();
  await page.setViewportSize({ width: 640, height: 400 });
  const within = async (locator: Locator) => {
    const box = await locator.boundingBox();
    return box !== null && box.x >= 0 && box.x + box.width <= 640;
  };
  for (const button of await page.getByRole('banner').first().getByRole('button').all())
    await expect.poll(() => within(button)).toBe(true);
  for (const name of ['Raw', 'Overview']) {
    await page.getByRole('tab', { name }).click();
    await expect.poll(() => within(page.getByRole('tab', { name }))).toBe(true);
  }
  for (const name of ['Backends', 'Rules', 'Drills', 'Compose', 'Settings', 'Traffic']) {
    await goTo(name);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  }
  await goTo('Rules');
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await page.locator('.cm-content').click();
  await page.keyboard.type('# typed');
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await expect.poll(() => page.locator('.cm-content').count()).toBe(0);
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await expect.poll(() => page.locator('.cm-content').textContent()).toContain('# typed');
  await page.getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 860 });
});

/** A command that is refused: there is no forward listener for it. It is told until it is closed. */
async function somethingTold(): Promise<Locator> {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Type a command, a backend or a rule…').fill('browser');
  await page
    .getByRole('dialog', { name: 'Command palette' })
    .getByRole('option', { name: /browser/ })
    .first()
    .click();
  const toast = page.locator('.toast', { hasText: 'there is no forward listener' });
  await toast.waitFor();
  return toast;
}

test('axe finds nothing while something is being told', async () => {
  const toast = await somethingTold();
  expect(await axeFindings(page)).toEqual([]);
  await toast.getByRole('button', { name: 'Close' }).click();
  await toast.waitFor({ state: 'detached' });
});

test('what is told over the rule list lets the pointer through to it', async () => {
  await goTo('Rules');
  await page.getByTestId('rules').waitFor();
  const toast = await somethingTold();
  const catches = await toast.evaluate((element) => {
    const { left, top, height } = element.getBoundingClientRect();
    return document.elementFromPoint(left + 40, top + height / 2)?.closest('.toast, .toasts') !== null;
  });
  expect(catches).toBe(false);
  await toast.getByRole('button', { name: 'Close' }).click();
  await toast.waitFor({ state: 'detached' });
});

test('a mistake in the config file is told in the banner, as long as it is there', async () => {
  const config = readFileSync(switchyard.configFile, 'utf8');
  const told = page.locator('.banner', { hasText: 'nonsense' });
  writeFileSync(switchyard.configFile, `${config}nonsense: 1\n`);
  await told.waitFor();
  expect(await page.locator('.toast', { hasText: 'nonsense' }).count()).toBe(0);
  writeFileSync(switchyard.configFile, config);
  await told.waitFor({ state: 'detached' });
});

test.each([
  ['Traffic', /^Throttle/],
  ['Traffic', /^Export/],
  ['Traffic', /^Saved filters/],
  ['Traffic', /^Copy as/],
  ['Backends', /^Policy/],
  ['Backends', /^More for a$/],
])('axe finds nothing on %s while the menu of %s is open', async (name, button) => {
  await goTo(name);
  if (name === 'Traffic') await page.getByRole('option').first().click();
  await page.getByRole('button', { name: button }).first().click();
  await page.getByRole('menu').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
});

test('axe finds nothing while a tooltip is shown', async () => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Rules' }).hover();
  await page.locator('.tooltip').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.mouse.move(640, 400);
  await page.locator('.tooltip').waitFor({ state: 'detached' });
});

test('a mark that is refused: the dialog says why, keeps what was typed, and nothing is marked', async () => {
  const narrow = await runSwitchyard(`${gatewayConfig('127.0.0.1:0', backends)}capture: { exchanges: 2 }\n`);
  const opened = await openWindow(browser, narrow.ui);
  try {
    for (const path of ['/one', '/two']) await send(narrow.listeners.gateway ?? '', path);
    const rows = opened.page.getByRole('option');
    await rows.filter({ hasText: '/two' }).click();
    await opened.page.keyboard.press('Control+a');
    await opened.page.keyboard.press('n');
    const dialog = opened.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Note' }).fill('look here');
    await dialog.getByRole('checkbox', { name: /^Pinned/ }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/at most 1 exchanges can be pinned/)
      .waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('look here');
    expect(await axeFindings(opened.page)).toEqual([]);
    await opened.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await rows.filter({ hasText: 'look here' }).count()).toBe(0);
  } finally {
    await opened.page.close();
    await narrow.close();
  }
});

test('the page complained of nothing', () => {
  expect(complaints).toEqual([]);
});

test('it drains and exits with 0 when it is told to stop', async () => {
  expect(await switchyard.close()).toBe(0);
});

test('axe finds nothing while the engine is gone', async () => {
  await page.locator('.frame-lost').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await browser.close();
});
