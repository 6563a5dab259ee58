/** What a window that follows costs the engine: the same process with and without one, in turns, at the same rate and as fast as it goes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '../test/support/browser.ts';
import { startBackends } from './backends.ts';
import { closedLoop, fixedRate, type LoadResult } from './load.ts';
import { watchableSwitchyard } from './peers/switchyard.ts';
import { cpuSeconds } from './process-tree.ts';
import { figure, table } from './table.ts';

const PORT = 9311;
const UI_PORT = 9312;
const TOKEN = 'a-token-of-the-bench';
const ORIGIN = `http://127.0.0.1:${PORT}/`;
const CONNECTIONS = 64;
const PER_SECOND = 10_000;
const WARM_SECONDS = 4;
const ROUNDS = 5;

/** Fewer requests in the same time are smaller batches: what a window itself costs is seen where their number is the same. */
const loads = [
  { what: `${PER_SECOND} a second`, run: (seconds: number) => fixedRate(ORIGIN, seconds, PER_SECOND, CONNECTIONS) },
  { what: 'as fast as it goes', run: (seconds: number) => closedLoop(ORIGIN, seconds, CONNECTIONS) },
];

interface Round {
  cpuMicros: number;
  perSecond: number;
}

export async function runWindow(seconds: number): Promise<void> {
  console.log(`\nwindow: GET of 700 bytes, ${CONNECTIONS} connections, recorded, 20 rules, with and without a window`);
  console.log(`${ROUNDS} rounds of ${seconds} s each in turns; median, least and most; the ratio is that of a round`);
  const backends = await startBackends();
  const dir = await mkdtemp(join(tmpdir(), 'bench-window-'));
  const running = await watchableSwitchyard(UI_PORT, TOKEN).start(dir, PORT);
  try {
    await closedLoop(ORIGIN, WARM_SECONDS);
    const rows: string[][] = [];
    for (const { what, run } of loads) rows.push(...rowsOf(what, await measure(running.pid, () => run(seconds))));
    console.log(table(['', 'requests/s', 'CPU µs/request', 'least', 'most', '× without'], rows));
  } finally {
    await running.stop();
    await backends.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Rounds {
  without: Round[];
  watched: Round[];
}

async function measure(pid: number, load: () => Promise<LoadResult>): Promise<Rounds> {
  const rounds: Rounds = { without: [], watched: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.without.push(await once(pid, load));
    const window = await attachWindow(`http://127.0.0.1:${UI_PORT}/#token=${TOKEN}`);
    try {
      rounds.watched.push(await once(pid, load));
    } finally {
      await window.close();
    }
  }
  return rounds;
}

async function once(pid: number, load: () => Promise<LoadResult>): Promise<Round> {
  const before = cpuSeconds(pid);
  const { requests, perSecond } = await load();
  return { cpuMicros: ((cpuSeconds(pid) - before) / requests) * 1e6, perSecond };
}

/** Opens the window of a running Switchyard in a browser; it shows exchanges as they come until it is closed. */
async function attachWindow(url: string): Promise<{ close(): Promise<void> }> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    await page.locator('[role=option]').first().waitFor();
    // What loads the other pages is no part of it.
    await sleep(1000);
  } catch (error) {
    await browser.close();
    throw error;
  }
  return { close: () => browser.close() };
}

function rowsOf(what: string, { without, watched }: Rounds): string[][] {
  const ratios = watched.map(({ cpuMicros }, round) => cpuMicros / (without[round]?.cpuMicros ?? Number.NaN));
  return [rowOf(what, without, []), rowOf(`${what}, window attached`, watched, ratios)];
}

function rowOf(what: string, rounds: readonly Round[], ratios: readonly number[]): string[] {
  const cpu = rounds.map(({ cpuMicros }) => cpuMicros);
  const rate = median(rounds.map(({ perSecond }) => perSecond));
  const numbers = [rate, median(cpu), Math.min(...cpu), Math.max(...cpu)];
  return [what, ...numbers.map(figure), ratios.length > 0 ? figure(median(ratios)) : ''];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
