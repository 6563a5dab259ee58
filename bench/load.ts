/** Load, by programs that are faster than what they measure: wrk for throughput, h2load for a fixed rate and HTTP/2. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './run-program.ts';

export interface LoadResult {
  requests: number;
  perSecond: number;
  errors: number;
}

export interface Percentiles {
  p50Ms: number;
  p99Ms: number;
}

/** As fast as it goes, on so many kept connections. */
export async function closedLoop(url: string, seconds: number, connections = 64, script?: string): Promise<LoadResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, ...(script ? ['-s', script] : []), url];
  const text = await output('wrk', args);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1] ?? 0);
  const socketErrors =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const errors = [...socketErrors, /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0];
  return {
    requests,
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1] ?? 0),
    errors: errors.reduce<number>((sum, count) => sum + Number(count), 0),
  };
}

/** At a fixed rate, whatever the answers do: latency without the load generator waiting for the slow. */
export async function fixedRate(
  url: string,
  seconds: number,
  perSecond: number,
  clients = 50,
): Promise<LoadResult & Percentiles> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  const log = join(dir, 'log');
  const perClient = Math.max(1, Math.round(perSecond / clients));
  const requests = String(perClient * clients * seconds);
  const args = ['-n', requests, '-c', String(clients), '--rps', String(perClient), '--log-file', log, url];
  try {
    const result = resultOf(await output('h2load', ['--h1', ...args]));
    const durations = (await readFile(log, 'latin1'))
      .trim()
      .split('\n')
      .map((line) => Number(line.split('\t')[2]) / 1000);
    durations.sort((a, b) => a - b);
    return { ...result, p50Ms: at(durations, 0.5), p99Ms: at(durations, 0.99) };
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** HTTP/2 on a few connections with many streams. */
export async function http2Load(url: string, seconds: number, connections = 8, streams = 16): Promise<LoadResult> {
  return resultOf(
    await output('h2load', ['-D', String(seconds), '-c', String(connections), '-m', String(streams), url]),
  );
}

/** As h2load tells it. */
function resultOf(text: string): LoadResult {
  const [, done, failed, errored] =
    /requests: \d+ total, \d+ started, (\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored/.exec(text) ?? [];
  const perSecond = Number(/([\d.]+) req\/s/.exec(text)?.[1] ?? 0);
  return { requests: Number(done ?? 0), perSecond, errors: Number(failed ?? 0) + Number(errored ?? 0) };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
