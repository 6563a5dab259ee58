/** A long session: very many exchanges recorded with their bodies, then asked for, looked at and scrolled; beside mitmweb with fewer. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKEND_PORTS, startBackends } from './backends.ts';
import { pageFigures } from './capture-page.ts';
import { type Asked, type Figures, framesTableOf, questionsTableOf, tableOf } from './capture-tables.ts';
import { closedLoop, fixedRate } from './load.ts';
import { cpuSeconds, residentMiB } from './process-tree.ts';
import { isInstalled, listening, type Running, start } from './run-program.ts';

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

const SORTS = ['duration', 'path', 'host'] as const;
/** While something long is asked, somebody else asks so often. */
const OTHERS_ASK_EVERY_MS = 5;
const ROW = '[role=option], [role=row][aria-rowindex]';

interface Total {
  total: number;
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
    console.log(questionsTableOf(figures));
    console.log(framesTableOf(figures));
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
  const asked = await askAll(pid, recorded);
  const resident = residentMiB(pid);
  const { most, times } = await saveAndCompare(pid);
  return {
    exchanges: recorded,
    perSecond,
    asked: { ...asked, ...times },
    residentMiB: resident,
    mostResidentMiB: most,
  };
}

async function askAll(pid: number, recorded: number): Promise<Record<string, Asked>> {
  const asked: Record<string, Asked> = {};
  for (const [kind, filter] of Object.entries(FILTERS)) {
    const { answer, ...times } = await timed(pid, () =>
      ask<Total>('exchanges.query', { filter, from: -100, limit: 100 }),
    );
    asked[`filter, ${kind}`] = times;
    console.log(`  ${filter}: ${answer.total} of ${recorded}`);
  }
  for (const sort of SORTS) {
    const { answer: _, ...times } = await timed(pid, () => ask('exchanges.query', { sort, limit: 100 }));
    asked[`sort by ${sort}`] = times;
  }
  return asked;
}

/** As a person waits, and how long somebody else waits meanwhile who opens an exchange. */
async function timed<T>(pid: number, work: () => Promise<T>): Promise<Asked & { answer: T }> {
  let isDone = false;
  let othersMs = 0;
  const others = (async () => {
    while (!isDone) {
      const began = performance.now();
      await ask('exchange.get', { id: 1 });
      othersMs = Math.max(othersMs, performance.now() - began);
      await sleep(OTHERS_ASK_EVERY_MS);
    }
  })();
  const began = performance.now();
  const cpuBegan = cpuSeconds(pid);
  try {
    const answer = await work();
    const ms = performance.now() - began;
    return { answer, ms, cpuMs: (cpuSeconds(pid) - cpuBegan) * 1000, othersMs };
  } finally {
    isDone = true;
    await others;
  }
}

async function saveAndCompare(pid: number): Promise<{ times: Record<string, Asked>; most: number }> {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, 100);
  try {
    const { answer, ...save } = await timed(pid, () => ask<{ recording: string }>('recordings.save', { name: 'all' }));
    const { recording } = answer;
    const { answer: _opened, ...open } = await timed(pid, () =>
      ask('exchanges.query', { recording, from: -100, limit: 100 }),
    );
    const compared = { before: recording, after: null };
    const { answer: _compared, ...compare } = await timed(pid, () => ask('recordings.compare', compared));
    return { times: { 'save all': save, 'open it': open, 'compare it': compare }, most };
  } finally {
    clearInterval(timer);
  }
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
      mostResidentMiB: resident,
      diskMiB: 0,
      startMs,
      asked: {},
      ...page,
    };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Answers how many a second did. */
async function arriving(): Promise<number> {
  await sleep(200);
  const { requests, perSecond, errors } = await fixedRate(`${ORIGIN}/json/arriving`, 5, ARRIVING_PER_SECOND);
  return perSecond * (1 - errors / requests);
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
