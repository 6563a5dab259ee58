/** What more threads bring: the same load on one and on two of them, with and without work that only the proxy has. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackends } from './backends.ts';
import { closedLoop } from './load.ts';
import { switchyard } from './peers/switchyard.ts';
import { cpuSeconds } from './process-tree.ts';
import { figure, table } from './table.ts';

const PORT = 9311;
const URL_OF_BENCH = `http://127.0.0.1:${PORT}/`;
const WARM_SECONDS = 3;

const shapes = [
  { what: 'no capture, 20 rules', capture: false, rewrites: false },
  { what: 'capture, 20 rules', capture: true, rewrites: false },
  { what: 'capture, bodies rewritten', capture: true, rewrites: true },
];

interface Measured {
  perSecond: number;
  errors: number;
  cpuMicros: number;
  /** Cores that the whole process used. */
  cores: number;
  /** CPU seconds of the threads that carry exchanges, the busiest first. */
  threads: number[];
}

export async function runWorkers(seconds: number): Promise<void> {
  console.log(`\nworkers: GET of 700 bytes, 64 connections, by 1 and 2 threads; ${seconds} s each`);
  console.log('wrk and the backends run on the same cores: two threads can have no more than what these leave');
  const backends = await startBackends();
  try {
    const rows: string[][] = [];
    for (const shape of shapes) {
      const one = await measure(shape, 1, seconds);
      const two = await measure(shape, 2, seconds);
      rows.push(rowOf(shape.what, 1, one, one), rowOf('', 2, two, one));
    }
    const head = ['', 'threads', 'requests/s', '× 1', 'CPU µs/request', '× 1', 'cores', 'CPU of each thread', 'errors'];
    console.log(table(head, rows));
  } finally {
    await backends.stop();
  }
}

async function measure(shape: (typeof shapes)[number], workers: number, seconds: number): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-workers-'));
  const running = await switchyard({ ...shape, rules: 20, workers }).start(dir, PORT);
  try {
    await closedLoop(URL_OF_BENCH, WARM_SECONDS);
    const [before, threadsBefore] = [cpuSeconds(running.pid), await threadSeconds(running.pid)];
    const { requests, perSecond, errors } = await closedLoop(URL_OF_BENCH, seconds);
    const cpu = cpuSeconds(running.pid) - before;
    const threads = await threadSeconds(running.pid);
    const each = threads.map((value, i) => value - (threadsBefore[i] ?? 0)).toSorted((a, b) => b - a);
    return { perSecond, errors, cpuMicros: (cpu / requests) * 1e6, cores: cpu / seconds, threads: each };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** CPU seconds of the main thread and the workers so far (proc(5)). */
async function threadSeconds(pid: number): Promise<number[]> {
  const ids = await readdir(`/proc/${pid}/task`);
  const stats = await Promise.all(ids.map((id) => readFile(`/proc/${pid}/task/${id}/stat`, 'latin1')));
  return stats.flatMap((stat) => {
    const end = stat.lastIndexOf(')');
    const name = stat.slice(stat.indexOf('(') + 1, end);
    const fields = stat.slice(end + 2).split(' ');
    // The kernel keeps 15 characters; Node calls the first thread so, or by the program.
    return /^(MainThread|node|worker)/.test(name) ? [(Number(fields[11]) + Number(fields[12])) / 100] : [];
  });
}

function rowOf(what: string, threads: number, measured: Measured, one: Measured): string[] {
  const { perSecond, cpuMicros, cores, errors } = measured;
  return [
    what,
    String(threads),
    figure(perSecond),
    figure(perSecond / one.perSecond),
    figure(cpuMicros),
    figure(cpuMicros / one.cpuMicros),
    figure(cores),
    measured.threads.map((seconds) => `${figure(seconds)} s`).join(' + '),
    String(errors),
  ];
}
