// npm run build && node test/e2e/screens.mjs: pictures of every page, dark and light, of `switchyard demo`, in docs/screens.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../support/browser.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const target = join(root, 'docs/screens');
/** Lets rates and charts fill. */
const WARM_UP_MS = 20_000;

mkdirSync(target, { recursive: true });
const demo = spawn(join(root, 'bin/switchyard'), ['demo', '--ui', '127.0.0.1:0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await launchBrowser();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(await readyAddress());
  await page.getByRole('option').first().waitFor();
  await page.waitForTimeout(WARM_UP_MS);
  await page.getByRole('option').nth(3).click();
  for (const theme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme: theme });
    for (const name of ['Traffic', 'Backends', 'Rules', 'Settings']) {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name }).click();
      await page.mouse.move(720, 20);
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(target, `${name.toLowerCase()}-${theme}.png`) });
    }
  }
} finally {
  await browser.close();
  demo.kill();
}

function readyAddress() {
  return new Promise((resolve, reject) => {
    let text = '';
    demo.once('exit', (code) => reject(new Error(`the demo ended with code ${code}`)));
    demo.stdout.on('data', (data) => {
      text += data;
      const address = /^ready ui=(\S+)/m.exec(text)?.[1];
      if (address) resolve(address);
    });
  });
}
