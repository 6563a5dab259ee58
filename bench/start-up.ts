/** How long it takes until `switchyard run` is ready and until its window can be used; and how much space it takes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '../test/support/browser.ts';
import { SWITCHYARD } from './peers/peer.ts';
import { output } from './run-program.ts';
import { figure, table } from './table.ts';

const ROOT = join(import.meta.dirname, '..');
const RUNS = 7;
const CONFIG = {
  version: 1,
  listeners: { bench: { address: '127.0.0.1:9311' } },
  routes: [{ name: 'all', pool: 'pool' }],
  pools: { pool: { backends: [{ url: 'http://127.0.0.1:9301' }] } },
};

interface Start {
  readyMs: number;
  /** From the start of the process to a page that takes input, in a browser that runs already. */
  windowMs: number;
}

export async function runStartUp(): Promise<void> {
  console.log(`\nstart-up: median, best and worst of ${RUNS} after one that is not counted`);
  const dir = await mkdtemp(join(tmpdir(), 'bench-start-'));
  await writeFile(join(dir, 'switchyard.yaml'), JSON.stringify(CONFIG));
  const browser = await launchBrowser();
  try {
    const starts: Start[] = [];
    for (let i = 0; i <= RUNS; i++) starts.push(await startOnce(dir, browser));
    const rows = [
      ['ready line', ...spread(starts.slice(1).map(({ readyMs }) => readyMs))],
      ['window usable', ...spread(starts.slice(1).map(({ windowMs }) => windowMs))],
    ];
    console.log(table(['', 'median ms', 'best ms', 'worst ms'], rows));
  } finally {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  }
  await printSizes();
}

async function startOnce(dir: string, browser: Awaited<ReturnType<typeof launchBrowser>>): Promise<Start> {
  const began = performance.now();
  const args = ['run', join(dir, 'switchyard.yaml'), '--ui', '127.0.0.1:9312', '--data', dir];
  const child = spawn(SWITCHYARD, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const readyMs = performance.now() - began;
    const page = await browser.newPage();
    await page.goto(/ui=(\S+)/.exec(line.toString())?.[1] ?? '');
    await page.locator('#root button').first().waitFor();
    const windowMs = performance.now() - began;
    await page.close();
    return { readyMs, windowMs };
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

function spread(values: number[]): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((value) => figure(value ?? Number.NaN));
}

/** Of what is there: `npm run package` makes the packed app. */
async function printSizes(): Promise<void> {
  const places = { 'built program': 'out', 'packed app': 'dist/linux-unpacked' };
  for (const [what, place] of Object.entries(places)) {
    if (!existsSync(join(ROOT, place))) continue;
    const kib = Number.parseInt(await output('du', ['-sk', join(ROOT, place)]), 10);
    console.log(`${what} (${place}): ${figure(kib / 1024)} MiB`);
  }
}
