/** A long session: very many exchanges recorded with their bodies, then asked for, looked at and scrolled; beside mitmweb with fewer. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKEND_PORTS, startBackends } from './backends.ts';
import { type PageFigures, pageFigures } from './capture-page.ts';
import { closedLoop, fixedRate } from './load.ts';
import { residentMiB } from './process-tree.ts';
import { isInstalled, listening, type Running, start } from './run-program.ts';
import { figure, table } from './table.ts';

const PROXY_PORT = 9311;
const UI_PORT = 9313;
const TOKEN = 'a-token-of-the-bench';
const EXCHANGES = 1_000_000;
const PEER_EXCHANGES = 20_000;
/** While the list is scrolled. */
const ARRIVING_PER_SECOND = 2000;
const SCRIPT = join(import.meta.dirname, 'varied-load.lua');
const ORIGIN = `http://127.0.0.1:${PROXY_PORT}`;

const FILTERS = {
  field: 'status >= 400',
  prefix: 'path ^= /json/v1/orders/77',
  regex: 'path ~ "/orders/[0-9]*777$"',
  sent: 'requestBody *= "A-99\\""',
  body: 'body *= "A-99\\""',
  'body ~': 'body ~ "orders/[0-9]*777\\\\?"',
  'body ~i': 'body ~i "LEAVE [A-Z]+ AT"',
  'not body': 'not body *= "leave it"',
  combined: 'host = api.shop.test and method = POST and duration > 4ms',
} as const;

const KINDS = Object.keys(FILTERS) as (keyof typeof FILTERS)[];
const ROW = '[role=option], [role=row][aria-rowindex]';

interface Total {
  total: number;
}

interface SavedFigures {
  saveMs: number;
  /** Until its last rows are shown. */
  openMs: number;
  compareMs: number;
  /** The most there was while saving, opening and comparing. */
  residentMiB: number;
}

interface Figures extends PageFigures {
  peer: string;
  exchanges: number;
  perSecond: number;
  residentMiB: number;
  diskMiB: number;
  /** From the start of the process to its first answer. */
  startMs: number;
  filterMs: Partial<Record<keyof typeof FILTERS, number>>;
  saved?: SavedFigures;
}

export async function runCapture(exchanges = EXCHANGES): Promise<void> {
  console.log(
    `\ncapture: ${exchanges} exchanges of about 2 KiB with their bodies, then ${PEER_EXCHANGES} beside mitmweb`,
  );
  const backends = await startBackends();
  try {
    const figures = [await switchyard(exchanges)];
    if (exchanges > PEER_EXCHANGES) figures.push(await switchyard(PEER_EXCHANGES));
    if (await isInstalled('mitmweb')) figures.push(await mitmweb(PEER_EXCHANGES));
    console.log(tableOf(figures));
    console.log(savedTableOf(figures));
  } finally {
    await backends.stop();
  }
}

async function switchyard(exchanges: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-capture-'));
  await writeFile(join(dir, 'switchyard.yaml'), config());
  try {
    const recorded = await withSwitchyard(dir, ({ pid }) => recordAndFilter(pid, exchanges));
    const began = performance.now();
    const shown = await withSwitchyard(dir, async () => {
      await ask('exchanges.query', { from: -100, limit: 100 });
      const startMs = performance.now() - began;
      const page = await pageFigures(`http://127.0.0.1:${UI_PORT}/#token=${TOKEN}`, ROW, arriving);
      return { startMs, ...page };
    });
    return { peer: 'switchyard', ...recorded, ...shown, diskMiB: await diskMiB(dir) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function recordAndFilter(pid: number, exchanges: number) {
  const began = performance.now();
  let recorded = 0;
  while (recorded < exchanges) {
    const seconds = Math.max(1, Math.min(10, Math.floor((exchanges - recorded) / 30_000)));
    await closedLoop(ORIGIN, seconds, 64, SCRIPT);
    recorded = (await ask<Total>('exchanges.query', { from: 0, limit: 1 })).total;
  }
  const perSecond = (recorded / (performance.now() - began)) * 1000;
  const filterMs: Figures['filterMs'] = {};
  for (const kind of KINDS) {
    const asked = performance.now();
    const { total } = await ask<Total>('exchanges.query', { filter: FILTERS[kind], from: -100, limit: 100 });
    filterMs[kind] = performance.now() - asked;
    console.log(`  ${FILTERS[kind]}: ${total} of ${recorded}`);
  }
  const resident = residentMiB(pid);
  return { exchanges: recorded, perSecond, filterMs, residentMiB: resident, saved: await saveAndCompare(pid) };
}

async function saveAndCompare(pid: number): Promise<SavedFigures> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, 100);
  const times: number[] = [];
  const timed = async <T>(command: string, input: object): Promise<T> => {
    const asked = performance.now();
    const answer = await ask<T>(command, input);
    times.push(performance.now() - asked);
    return answer;
  };
  try {
    const { recording } = await timed<{ recording: string }>('recordings.save', { name: 'all' });
    await timed('exchanges.query', { recording, from: -100, limit: 100 });
    await timed('recordings.compare', { before: recording, after: null });
  } finally {
    clearInterval(timer);
  }
  const [saveMs = 0, openMs = 0, compareMs = 0] = times;
  return { saveMs, openMs, compareMs, residentMiB: Math.max(most, residentMiB(pid)) };
}

function config(): string {
  return JSON.stringify({
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${PROXY_PORT}` } },
    routes: [{ name: 'all', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((port) => ({ url: `http://127.0.0.1:${port}` })) } },
    capture: { exchanges: 2_000_000, disk: '16GiB' },
  });
}

async function withSwitchyard<T>(dir: string, work: (running: Running) => Promise<T>): Promise<T> {
  const program = join(import.meta.dirname, '../bin/switchyard');
  const args = ['run', join(dir, 'switchyard.yaml'), '--ui', `127.0.0.1:${UI_PORT}`, '--token', TOKEN, '--data', dir];
  const running = await start(program, args, PROXY_PORT);
  try {
    await listening(UI_PORT);
    return await work(running);
  } finally {
    await running.stop();
  }
}

async function ask<T>(command: string, input: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${UI_PORT}/api/${command}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify(input),
  });
  const { result, error } = (await answer.json()) as { result: T; error?: { message: string } };
  if (error) throw new Error(`${command}: ${error.message}`);
  return result;
}

async function mitmweb(exchanges: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-mitmweb-'));
  const args = ['-q', '--no-web-open-browser', '--web-port', String(UI_PORT), '--set', `confdir=${dir}`];
  const mode = [
    '--mode',
    `reverse:http://127.0.0.1:${BACKEND_PORTS[0]}`,
    '--listen-host',
    '127.0.0.1',
    '-p',
    String(PROXY_PORT),
  ];
  const began = performance.now();
  const running = await start('mitmweb', [...args, ...mode], PROXY_PORT);
  await listening(UI_PORT);
  const startMs = performance.now() - began;
  try {
    const loadBegan = performance.now();
    let recorded = 0;
    while (recorded < exchanges) recorded += (await closedLoop(ORIGIN, 3, 64, SCRIPT)).requests;
    const perSecond = (recorded / (performance.now() - loadBegan)) * 1000;
    const resident = residentMiB(running.pid);
    const page = await pageFigures(`http://127.0.0.1:${UI_PORT}/`, '.flow-table tbody td', arriving);
    return {
      peer: 'mitmweb',
      exchanges: recorded,
      perSecond,
      residentMiB: resident,
      diskMiB: 0,
      startMs,
      filterMs: {},
      ...page,
    };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function arriving(): Promise<void> {
  await sleep(200);
  await fixedRate(`${ORIGIN}/json/arriving`, 5, ARRIVING_PER_SECOND);
}

async function diskMiB(dir: string): Promise<number> {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const stats = await Promise.all(
    files.filter((file) => file.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name))),
  );
  // What has two names is there once.
  const sizes = new Map(stats.map(({ ino, size }) => [ino, size]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1024 ** 2;
}

function tableOf(all: readonly Figures[]): string {
  const head = [
    '',
    'exchanges',
    'recorded/s',
    'RSS MiB',
    'disk MiB',
    'start ms',
    ...KINDS.map((kind) => `${kind} ms`),
    'page ms',
    'heap MiB',
    'frame p99 ms',
    'worst ms',
  ];
  const rows = all.map((of) => [
    of.peer,
    ...[of.exchanges, of.perSecond, of.residentMiB, of.diskMiB, of.startMs].map(figure),
    ...KINDS.map((kind) => figure(of.filterMs[kind] ?? Number.NaN)),
    ...[of.openMs, of.heapMiB, of.frameP99Ms, of.frameWorstMs].map(figure),
  ]);
  return table(head, rows);
}

function savedTableOf(all: readonly Figures[]): string {
  const head = ['saved recordings', 'exchanges', 'save ms', 'open ms', 'compare ms', 'most RSS MiB'];
  const rows = all.flatMap(({ peer, exchanges, saved }) =>
    saved ? [[peer, ...[exchanges, saved.saveMs, saved.openMs, saved.compareMs, saved.residentMiB].map(figure)]] : [],
  );
  return table(head, rows);
}
