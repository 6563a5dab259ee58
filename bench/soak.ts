/** Half load for a long time while a backend fails again and again: memory, handles and latency have to stay what they are. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKEND_PORTS, startBackends } from './backends.ts';
import { closedLoop, fixedRate } from './load.ts';
import { SWITCHYARD } from './peers/peer.ts';
import { cpuSeconds, residentMiB } from './process-tree.ts';
import { listening, start } from './run-program.ts';
import { figure, table } from './table.ts';

const PORT = 9311;
const URL_OF_BENCH = `http://127.0.0.1:${PORT}/`;
const UI_PORT = 9312;
const TOKEN = 'a-token-of-the-bench';
/** So many that a backend which is slow for a while does not slow the load down. */
const CLIENTS = 200;
/** How long it is asked for as much as it can, of which the load is half. */
const FULL_SECONDS = 8;
/** One round of load, and how long a fault lasts. */
const ROUND_SECONDS = 10;
/** What fills up at first (kept exchanges, code that is compiled) is not counted. */
const WARM_SHARE = 0.25;
const FAULTS = [{ errorPercent: 30 }, { reset: 'head', percent: 20 }, { latency: '20ms' }, null] as const;

interface Sample {
  minutes: number;
  residentMiB: number;
  handles: number;
  p50Ms: number;
  p99Ms: number;
  cpuMicros: number;
}

export async function runSoak(seconds: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-soak-'));
  await writeFile(join(dir, 'switchyard.yaml'), JSON.stringify(config()));
  const backends = await startBackends();
  const args = ['run', join(dir, 'switchyard.yaml'), '--ui', `127.0.0.1:${UI_PORT}`, '--token', TOKEN, '--data', dir];
  const running = await start(SWITCHYARD, args, PORT);
  try {
    await listening(UI_PORT);
    const perSecond = await halfLoad();
    console.log(`\nsoak: ${seconds / 60} minutes at ${perSecond} requests/s, faults at one of three backends`);
    const samples: Sample[] = [];
    for (const began = performance.now(); performance.now() - began < seconds * 1000; ) {
      await setFault(samples.length);
      samples.push({ ...(await round(running.pid, perSecond)), minutes: (performance.now() - began) / 60_000 });
    }
    print(samples);
  } finally {
    await running.stop();
    await backends.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function config(): object {
  return {
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${PORT}` } },
    routes: [{ name: 'all', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((port, i) => ({ name: `b${i}`, url: `http://127.0.0.1:${port}` })) } },
    capture: { exchanges: 100_000, disk: '256MiB' },
  };
}

async function setFault(round: number): Promise<void> {
  const fault = FAULTS[round % FAULTS.length];
  const answer = await fetch(`http://127.0.0.1:${UI_PORT}/api/backend.setFault`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ pool: 'pool', backend: 'b0', fault }),
  });
  if (!answer.ok) throw new Error(`backend.setFault: ${await answer.text()}`);
}

/** Requests per second: half of what it can do on this machine now, in whole requests of each client. */
async function halfLoad(): Promise<number> {
  await closedLoop(URL_OF_BENCH, 2);
  const { perSecond } = await closedLoop(URL_OF_BENCH, FULL_SECONDS);
  return Math.round(perSecond / 2 / CLIENTS) * CLIENTS;
}

async function round(pid: number, perSecond: number): Promise<Omit<Sample, 'minutes'>> {
  const before = cpuSeconds(pid);
  const { p50Ms, p99Ms } = await fixedRate(URL_OF_BENCH, ROUND_SECONDS, perSecond, CLIENTS);
  const cpuMicros = ((cpuSeconds(pid) - before) / (perSecond * ROUND_SECONDS)) * 1e6;
  const handles = (await readdir(`/proc/${pid}/fd`)).length;
  return { p50Ms, p99Ms, cpuMicros, handles, residentMiB: residentMiB(pid) };
}

function print(samples: readonly Sample[]): void {
  const counted = samples.slice(Math.floor(samples.length * WARM_SHARE));
  const of = (what: string, read: (sample: Sample) => number) => {
    const values = counted.map(read);
    const each = slope(
      counted.map(({ minutes }) => minutes),
      values,
    );
    return [what, ...[values[0], values.at(-1), Math.max(...values)].map((n) => figure(n ?? Number.NaN)), signed(each)];
  };
  const rows = [
    of('RSS MiB', (sample) => sample.residentMiB),
    of('handles', ({ handles }) => handles),
    of('p50 ms', ({ p50Ms }) => p50Ms),
    of('p99 ms', ({ p99Ms }) => p99Ms),
    of('CPU µs/request', ({ cpuMicros }) => cpuMicros),
  ];
  console.log(table([`${counted.length} rounds`, 'first', 'last', 'most', 'slope/minute'], rows));
}

/** Least squares: how much `ys` grow while `xs` grow by one. */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const over = xs.reduce((sum, value, i) => sum + (value - x) * ((ys[i] ?? 0) - y), 0);
  return over / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${figure(Math.abs(value))}`;
}
