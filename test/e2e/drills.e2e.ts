/** The page Drills in Chromium against a real `switchyard run`: made by pointer and by keys, run, stopped, compared, exported. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import {
  axeFindings,
  axeFindingsInBothThemes,
  goTo,
  launchBrowser,
  openWindow,
  steadyBox,
} from '../support/browser.ts';
import { gatewayConfig } from '../support/configs.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';

let backends: Backend[] = [];
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
let complaints: string[] = [];

beforeAll(async () => {
  backends = await Promise.all(['a', 'b', 'c'].map((name) => startBackend(name)));
  switchyard = await runSwitchyard(gatewayConfig('127.0.0.1:0', backends));
  browser = await launchBrowser();
  ({ page, complaints } = await openWindow(browser, switchyard.ui));
  await goTo(page, 'Drills');
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await Promise.all(backends.map((backend) => backend.close()));
});

const field = (name: string) => page.getByRole('textbox', { name, exact: true });
const mark = (name: string) => page.getByRole('slider', { name, exact: true });
const timeOf = (name: string) => mark(name).getAttribute('aria-valuetext');
const button = (name: string) => page.getByRole('button', { name, exact: true });
const verdict = () => page.getByRole('region', { name: 'Verdict' });
const outcome = (text: string) => verdict().getByRole('status').getByText(text, { exact: true }).waitFor();

async function choose(template: string): Promise<void> {
  await button('Templates').click();
  await page.getByRole('menuitem', { name: template }).click();
}

async function setExpectations(texts: readonly string[]): Promise<void> {
  for (const remove of (await page.getByRole('button', { name: /^Remove / }).all()).toReversed()) {
    if ((await remove.getAttribute('aria-label')) !== 'Remove this step') await remove.click();
  }
  for (const [index, text] of texts.entries()) {
    await button('Add').click();
    await page.getByRole('menuitem', { name: 'failed = 0' }).click();
    await field('Expectation').nth(index).fill(text);
  }
}

test('a template is on the tracks; marks are dragged and moved by keys', async () => {
  await choose('One dies');
  await expect.poll(() => timeOf('api/a: resets connections')).toBe('2 s');
  const box = await steadyBox(mark('api/a: fault ends'));
  await page.mouse.move(box.x + box.width / 2, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x - 100, box.y + 8, { steps: 4 });
  await page.mouse.up();
  const dragged = Number.parseFloat((await timeOf('api/a: fault ends')) ?? '');
  expect(dragged).toBeGreaterThan(2);
  expect(dragged).toBeLessThan(5);
  await mark('api/a: resets connections').press('ArrowRight');
  await mark('api/a: resets connections').press('Shift+ArrowLeft');
  await expect.poll(() => timeOf('api/a: resets connections')).toBe('1.1 s');
  await field('at').fill('1.5s');
  await page.keyboard.press('Enter');
  await expect.poll(() => timeOf('api/a: resets connections')).toBe('1.5 s');
  await mark('api/a: fault ends').press('Delete');
  await mark('api/a: fault ends').waitFor({ state: 'detached' });
});

test('the marks of the ruler stand apart, however narrow it is', async () => {
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 };
  await page.locator('.ruler-mark').first().waitFor();
  for (const narrow of [1280, 1024, 900]) {
    await page.setViewportSize({ width: narrow, height });
    const overlaps = () =>
      page.locator('.ruler-mark').evaluateAll((marks) => {
        const boxes = marks.map((one) => one.getBoundingClientRect());
        return boxes.filter(({ left }, n) => left < (boxes[n - 1]?.right ?? 0) + 4).length;
      });
    await expect.poll(async () => [narrow, await overlaps()]).toEqual([narrow, 0]);
  }
  await page.setViewportSize({ width, height });
});

test('a state is dragged onto a track, and another is put there by keys', async () => {
  const chip = await steadyBox(page.getByRole('button', { name: /^Add “maint”/ }));
  const lane = await steadyBox(page.locator('[data-track="api/c"]'));
  await page.mouse.move(chip.x + 10, chip.y + 10);
  await page.mouse.down();
  await page.mouse.move(lane.x + lane.width / 4, lane.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => timeOf('api/c: maint')).toBe('3 s');
  await expect.poll(() => timeOf('api/c: ready')).toBe('5.4 s');
  await button('New steps go to api/b').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Add “Slow” to api/b' }).focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toMatch(/^api\/b: \+500/);
  await button('Edit fault…').click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Latency, ms' }).fill('40');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Jitter, ± ms' }).fill('');
  await button('Apply fault').click();
  await mark('api/b: +40 ms').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('mistakes are told where they are made, and keep the drill from running', async () => {
  await field('Rate').fill('fast');
  await page.getByText('expected a rate such as 50/s').waitFor();
  await expect.poll(() => button('Run drill').isDisabled()).toBe(true);
  await field('Rate').fill('100/s');
  await setExpectations(['recovered(api/z) < 1s']);
  await page.getByText('the timeline never brings api/z back').waitFor();
  await field('Expectation').fill('p99 < 5');
  await page.getByText('expected a duration such as 250ms or 2s, found "5"').waitFor();
});

test('it runs: live, then a verdict, the report exported, the next run beside it', async () => {
  await choose('Flapping backend');
  await field('Duration').fill('2s');
  for (const name of ['api/a: maint', 'api/a: ready'])
    while ((await mark(name).count()) > 1) await mark(name).last().press('Delete');
  await mark('api/a: ready').press('Shift+ArrowLeft');
  await mark('api/a: maint').press('ArrowLeft');
  await setExpectations(['failed = 0', 'requests = 200', 'share(api/b) > 99%']);
  await page.keyboard.press('Escape');
  await button('Run drill').click();
  await page.getByRole('img', { name: /Share of attempts/ }).waitFor();
  await outcome('Failed');
  await page.getByRole('img', { name: 'not met', exact: true }).waitFor();
  await expect.poll(() => page.getByRole('img', { name: 'met', exact: true }).count()).toBe(2);
  await page.getByText('measured 200').waitFor();

  await field('Expectation').nth(2).fill('share(api/b) > 1%');
  await button('Run drill').click();
  await outcome('Passed');
  await page
    .getByRole('checkbox', { name: /^Compare with Flapping/ })
    .last()
    .click();
  await page.getByText('other run 200').waitFor();
  const download = page.waitForEvent('download');
  await button('Export report').click();
  await page.getByRole('menuitem', { name: 'JSON' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('flapping-backend.json');
  const report = JSON.parse(readFileSync(await file.path(), 'utf8')) as DrillReport;
  expect(report).toMatchObject({ outcome: 'passed', totals: { requests: 200, failed: 0 } });
  expect(report.document).toContain('  - share(api/b) > 1%\n');
});

test('failed requests lead to their exchanges; an earlier drill can be taken up again', async () => {
  await choose('Lose the whole pool');
  await field('Duration').fill('1s');
  for (const name of ['api/a', 'api/b', 'api/c']) await mark(`${name}: maint`).press('Home');
  for (const name of ['api/a', 'api/b', 'api/c']) await mark(`${name}: ready`).press('Delete');
  await setExpectations(['failed > 0']);
  await button('Run drill').click();
  await outcome('Passed');
  await page.getByRole('cell', { name: '503 NO_BACKEND' }).first().waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await button('Show in Traffic').click();
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page
    .getByRole('button', { name: /^Flapping backend/ })
    .first()
    .click();
  await page.locator('.run[aria-current="true"]', { hasText: 'Flapping backend' }).waitFor();
  await button('Edit this drill').click();
  await expect.poll(() => field('Name of the drill').inputValue()).toBe('Flapping backend');
});

test('a drill that is stopped sets everything back', async () => {
  await choose('Slow backend');
  await mark('api/a: +500 ± 200 ms').press('Home');
  await mark('api/a: fault ends').press('Delete');
  await field('Duration').fill('1m');
  await setExpectations(['failed = 0']);
  await button('Run drill').click();
  const faults = async () =>
    (await callSwitchyard<EngineState>(switchyard, 'state.get')).pools[0]?.backends.flatMap(({ fault }) => fault ?? []);
  await expect.poll(faults).toHaveLength(1);
  await outcome('Running');
  await goTo(page, 'Backends');
  await page.getByText('A drill runs and changes backends: Slow backend.').waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  expect(await axeFindings(page)).toEqual([]);
  await button('Watch').click();
  await button('Stop').click();
  await outcome('Stopped');
  await verdict().getByText('Set back: api/a: no fault').waitFor();
  await expect.poll(() => faults()).toEqual([]);
});

test('the page complained of nothing', () => {
  expect(complaints).toEqual([]);
});
