// npm run build && node test/e2e/screens.mjs: pictures of every page and of what opens over them, in both themes and
// languages, of `switchyard demo`, in docs/screens. Chinese needs a font (Debian: fonts-wqy-microhei).
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../support/browser.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/screens');
/** Lets rates and charts fill. */
const WARM_UP_MS = 20_000;
const SETTLE_MS = 1000;
const VIEWPORT = { width: 1440, height: 860 };
const LANGUAGES = { 'en-US': '', 'zh-TW': 'zh-' };
/** In the order of the navigation. */
const PAGES = ['traffic', 'backends', 'rules', 'drills', 'compose', 'settings'];

const directory = mkdtempSync(join(tmpdir(), 'switchyard-screens-'));
const empty = join(directory, 'empty.yaml');
writeFileSync(empty, 'version: 1\n');
mkdirSync(target, { recursive: true });
const running = [
  start(['demo', '--data', join(directory, 'demo')]),
  start(['run', empty, '--data', join(directory, 'empty')]),
];
const browser = await launchBrowser();
try {
  const [demo, first] = await Promise.all(running.map(({ ready }) => ready));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS / 2));
  await call(demo, 'recordings.save', { name: 'before the fault' });
  await call(demo, 'backend.setFault', { pool: 'api', backend: 'c', fault: { reset: 'connect', percent: 40 } });
  await call(demo, 'drill.start', { text: readFileSync(join(root, 'examples/one-of-three-dies.yaml'), 'utf8') });
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  for (const locale of Object.keys(LANGUAGES))
    for (const theme of ['dark', 'light']) {
      const page = await open(demo, locale, theme);
      for (const name of PAGES) await picturePage(page, name, `${LANGUAGES[locale]}${name}-${theme}`);
      await pictureOverlays(page, demo, (name) => `${LANGUAGES[locale]}${name}-${theme}`);
      await page.context().close();
      const firstRun = await open(first, locale, theme);
      await picture(firstRun, `${LANGUAGES[locale]}first-run-${theme}`);
      await firstRun.context().close();
    }
} finally {
  await browser.close();
  for (const { program } of running) program.kill();
  rmSync(directory, { recursive: true, force: true });
}

async function open(address, locale, colorScheme) {
  const context = await browser.newContext({ viewport: VIEWPORT, locale, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('.top-bar').waitFor();
  return page;
}

async function picturePage(page, name, file) {
  await page.locator('.navigation-item').nth(PAGES.indexOf(name)).click();
  if (name === 'traffic') await showRetried(page);
  if (name === 'drills') await page.getByRole('button', { name: /Edit this drill|編輯這個演練/ }).click();
  await picture(page, file);
}

/** An exchange with two attempts, and its attempts. */
async function showRetried(page) {
  const retried = page.getByRole('option').filter({ has: page.locator('.cell-retried') });
  await retried.last().click();
  await page.getByRole('tab').nth(3).click();
}

async function pictureOverlays(page, address, fileOf) {
  await page.locator('.navigation-item').first().click();
  await page.keyboard.press('Control+k');
  await picture(page, fileOf('palette'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+E');
  await picture(page, fileOf('export'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+o');
  await page.locator('.recording-row').waitFor();
  await picture(page, fileOf('recordings'));
  await page.locator('.recording-row .button-icon').click();
  await page.getByRole('menuitem').first().click();
  await page.locator('.compare-table').waitFor();
  await picture(page, fileOf('compare-recordings'));
  await page.keyboard.press('Escape');
  await call(address, 'breakpoint.next', { match: 'path ^= /api/orders', phase: 'request' });
  await page.locator('.held-row').waitFor();
  await picture(page, fileOf('breakpoint'));
  await page.keyboard.press('Control+Shift+Enter');
  await page.locator('.held-row').waitFor({ state: 'detached' });
}

async function picture(page, file) {
  await page.mouse.move(VIEWPORT.width / 2, 20);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: join(target, `${file}.png`) });
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
  const ready = new Promise((resolve, reject) => {
    let text = '';
    program.once('exit', (code) => reject(new Error(`switchyard ${args[0]} ended with code ${code}`)));
    program.stdout.on('data', (data) => {
      text += data;
      const address = /^ready ui=(\S+)/m.exec(text)?.[1];
      if (address) resolve(address);
    });
  });
  return { program, ready };
}
