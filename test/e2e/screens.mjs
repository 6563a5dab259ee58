// npm run build && node test/e2e/screens.mjs: pictures of every page, state and viewer and of what opens over them, in both
// themes and languages, in docs/screens, as WebP. Chinese needs a font (Debian: fonts-wqy-microhei).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messagesFor } from '../../renderer/i18n/messages.ts';
import { launchBrowser } from '../support/browser.ts';
import { askForSamples, SAMPLES, startSamples } from './screens-samples.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/screens');
/** Lets rates and charts fill. */
const WARM_UP_MS = 20_000;
const SETTLE_MS = 700;
const VIEWPORT = { width: 1440, height: 860 };
const LANGUAGES = { 'en-US': '', 'zh-TW': 'zh-' };
/** In the order of the navigation. */
const PAGES = ['traffic', 'backends', 'rules', 'drills', 'compose', 'settings'];

const TABS = ['overview', 'request', 'response', 'attempts', 'rules', 'timing', 'raw'];

const directory = mkdtempSync(join(tmpdir(), 'switchyard-screens-'));
/** Whatever ends this one, nothing stays behind. */
const programs = [];
process.once('exit', () => {
  for (const program of programs) program.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const empty = join(directory, 'empty.yaml');
writeFileSync(empty, 'version: 1\n');
const samples = await startSamples();
const kinds = join(directory, 'kinds.yaml');
writeFileSync(
  kinds,
  `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: samples }]
pools: { samples: { backends: [{ name: samples, url: '${samples.url}' }] } }
`,
);
mkdirSync(target, { recursive: true });
const running = [
  start(['demo', '--data', join(directory, 'demo')]),
  start(['run', empty, '--data', join(directory, 'empty')]),
  start(['run', kinds, '--data', join(directory, 'kinds')]),
];
const browser = await launchBrowser();
const developer = await browser.newPage();
let endSamples = () => {};
try {
  const [demo, first, viewers] = await Promise.all(running.map(({ ready }) => ready));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS / 2));
  await call(demo.ui, 'recordings.save', { name: 'before the fault' });
  await call(demo.ui, 'backend.setFault', { pool: 'api', backend: 'c', fault: { reset: 'connect', percent: 40 } });
  await call(demo.ui, 'drill.start', { text: readFileSync(join(root, 'examples/one-of-three-dies.yaml'), 'utf8') });
  endSamples = await askForSamples(viewers.gateway);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const looks = Object.keys(LANGUAGES).flatMap((locale) => ['dark', 'light'].map((theme) => ({ locale, theme })));
  for (const look of looks) {
    await inWindow(demo.ui, look, async (page, shoot) => {
      for (const name of PAGES) await picturePage(page, name, () => shoot(name));
      await pictureTraffic(page, look, shoot);
      await pictureOverlays(page, demo.ui, look, shoot);
    });
    await inWindow(first.ui, look, (_page, shoot) => shoot('first-run'));
    await inWindow(viewers.ui, look, pictureViewers);
  }
  // The last one: its engine does not come back.
  for (const look of looks) await pictureGone(look);
} finally {
  endSamples();
  await browser.close();
  for (const program of programs) program.kill();
  samples.close();
}

async function inWindow(address, { locale, theme }, work) {
  const page = await open(address, locale, theme);
  await work(page, (name) => picture(page, `${LANGUAGES[locale]}${name}-${theme}`));
  await page.context().close();
}

async function open(address, locale, colorScheme) {
  const context = await browser.newContext({ viewport: VIEWPORT, locale, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('.top-bar').waitFor();
  return page;
}

async function goTo(page, name) {
  await page.locator('.navigation-item').nth(PAGES.indexOf(name)).click();
}

async function picturePage(page, name, shoot) {
  await goTo(page, name);
  if (name === 'traffic') await showRetried(page);
  if (name === 'drills') await page.getByRole('button', { name: /Edit this drill|編輯這個演練/ }).click();
  await shoot();
}

/** An exchange with two attempts, and its attempts. */
async function showRetried(page) {
  const retried = page.getByRole('option').filter({ has: page.locator('.cell-retried') });
  await retried.last().click();
  await showTab(page, 'attempts');
}

async function showTab(page, name) {
  await page.locator('.detail').getByRole('tab').nth(TABS.indexOf(name)).click();
}

/** The tabs of an exchange, the tree, filters that hold for nothing or are wrong, and what is done with exchanges. */
async function pictureTraffic(page, { locale }, shoot) {
  await goTo(page, 'traffic');
  await page.getByRole('option').filter({ hasText: '/api/orders' }).first().click();
  for (const tab of TABS.filter((name) => name !== 'attempts')) {
    await showTab(page, tab);
    await shoot(`detail-${tab}`);
  }
  await page.keyboard.press('h');
  await page.getByRole('treeitem').first().waitFor();
  await shoot('traffic-tree');
  await page.keyboard.press('h');
  const filter = page.locator('[data-filter]');
  for (const [text, name] of [
    ['path = /nowhere', 'traffic-nothing-held'],
    ['hots = api', 'traffic-filter-wrong'],
    ['path ^= /api/ and status = 2xx', 'traffic-filtered'],
  ]) {
    await filter.fill(text);
    await page.keyboard.press('Escape');
    await shoot(name);
  }
  await filter.fill('');
  await filter.blur();
  await page.getByRole('option').nth(2).click();
  await page
    .getByRole('option')
    .nth(4)
    .click({ modifiers: ['Control'] });
  await shoot('traffic-chosen');
  for (const [key, name] of [
    ['d', 'compare'],
    ['n', 'mark'],
  ]) {
    await page.keyboard.press(key);
    await page.locator('.dialog').waitFor();
    await shoot(name);
    await page.keyboard.press('Escape');
  }
  for (const [id, name] of [
    ['traffic.columns', 'columns'],
    ['traffic.savedFilters', 'saved-filters'],
    ['har.export', 'har-export'],
    ['descriptors.open', 'protobuf-types'],
  ]) {
    await run(page, locale, id);
    await page.locator('.dialog').waitFor();
    await shoot(name);
    await page.keyboard.press('Escape');
  }
}

async function pictureOverlays(page, address, { locale }, shoot) {
  await goTo(page, 'traffic');
  for (const [key, name] of [
    ['Control+k', 'palette'],
    ['Shift+E', 'export'],
    ['Shift+I', 'import'],
  ]) {
    await page.keyboard.press(key);
    await shoot(name);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Control+o');
  await page.locator('.recording-row').waitFor();
  await shoot('recordings');
  await page.locator('.recording-row .button-icon').click();
  await page.getByRole('menuitem').first().click();
  await page.locator('.compare-table').waitFor();
  await shoot('compare-recordings');
  await page.keyboard.press('Escape');
  await call(address, 'breakpoint.next', { match: 'path ^= /api/orders', phase: 'request' });
  await page.locator('.held-row').waitFor();
  await shoot('breakpoint');
  await page.keyboard.press('Control+Shift+Enter');
  await page.locator('.held-row').waitFor({ state: 'detached' });
  await goTo(page, 'backends');
  const { pools } = messagesFor(locale === 'zh-TW' ? 'zh-TW' : 'en');
  await page.getByRole('button', { name: pools.more('a') }).click();
  await shoot('backend-menu');
  await page.getByRole('menuitem').first().click();
  await shoot('faults');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: pools.addBackend }).click();
  await page.locator('.dialog').waitFor();
  await shoot('add-backend');
  await page.keyboard.press('Escape');
}

async function pictureViewers(page, shoot) {
  for (const [path, tab, name] of SAMPLES) {
    await page.getByRole('option').filter({ hasText: path }).first().click();
    await showTab(page, tab);
    if (name === 'viewer-websocket') await page.locator('.message-line').filter({ hasText: '"id"' }).first().click();
    await shoot(name);
  }
}

/** A window whose engine has ended. */
async function pictureGone({ locale, theme }) {
  const { program, ready } = start(['run', kinds, '--data', join(directory, 'gone')]);
  await inWindow((await ready).ui, { locale, theme }, async (page, shoot) => {
    program.kill();
    await page.locator('.frame-lost').waitFor();
    await shoot('engine-gone');
  });
}

/** A command of the palette. */
async function run(page, locale, id) {
  const { commands } = messagesFor(locale === 'zh-TW' ? 'zh-TW' : 'en');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(commands[id]);
  await page.keyboard.press('Enter');
}

async function picture(page, file) {
  await page.mouse.move(VIEWPORT.width / 2, 20);
  await page.waitForTimeout(SETTLE_MS);
  writeFileSync(join(target, `${file}.webp`), await webp(await page.screenshot()));
}

/** A third of the bytes of the PNG: drawn and written by the browser. */
async function webp(png) {
  const text = await developer.evaluate(async (base64) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
    canvas.getContext('2d').drawImage(picture, 0, 0);
    return canvas.toDataURL('image/webp', 0.8).split(',')[1];
  }, png.toString('base64'));
  return Buffer.from(text, 'base64');
}

async function call(address, command, input) {
  const { origin, hash } = new URL(address);
  const headers = { authorization: `Bearer ${hash.slice('#token='.length)}` };
  const answer = await fetch(`${origin}/api/${command}`, { method: 'POST', headers, body: JSON.stringify(input) });
  if (!answer.ok) throw new Error(`${command}: ${await answer.text()}`);
}

function start(args) {
  const program = spawn(join(root, 'bin/switchyard'), [...args, '--ui', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  programs.push(program);
  const ready = new Promise((resolve, reject) => {
    let text = '';
    program.once('exit', (code) => reject(new Error(`switchyard ${args[0]} ended with code ${code}`)));
    program.stdout.on('data', (data) => {
      text += data;
      const [, ui] = /^ready ui=(\S+)/m.exec(text) ?? [];
      if (ui) resolve({ ui, gateway: /gateway=(\S+)/.exec(text)?.[1] });
    });
  });
  return { program, ready };
}
