/** `npm run bench [-- CASE …] [--seconds N] [--exchanges N]`: every case on every peer that is installed, one table a case; `failover` and `capture` only by name. */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackends } from './backends.ts';
import { runCapture } from './capture.ts';
import { type Case, cases } from './cases.ts';
import { runFailover } from './failover.ts';
import { fixedRate, type LoadResult, type Percentiles } from './load.ts';
import { type Peer, present } from './peers.ts';
import { cpuSeconds, residentMiB } from './process-tree.ts';
import { figure, table } from './table.ts';

interface Measured extends LoadResult, Percentiles {
  peer: string;
  /** Of the proxy's whole process tree. */
  cpuMicros: number;
  residentMiB: number;
}

const PROXY_PORT = 9311;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, exchanges: { type: 'string' } },
});
const seconds = Number(values.seconds ?? 4);
const names = [...cases.map(({ name }) => name), 'failover', 'capture'];
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no case ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(1);
}
const [cpu] = cpus();
console.log(
  `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ${new Date().toISOString()}`,
);
const chosen = cases.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (chosen.length > 0) await runCases(chosen);
if (positionals.includes('capture')) await runCapture(values.exchanges ? Number(values.exchanges) : undefined);
if (positionals.includes('failover')) await runFailover(Number(values.seconds ?? 30));

async function runCases(items: readonly Case[]): Promise<void> {
  const backends = await startBackends();
  try {
    for (const item of items) await runCase(item);
  } finally {
    await backends.stop();
  }
}

async function runCase(item: Case): Promise<void> {
  console.log(`\n${item.name}: ${item.title}; ${seconds} s each`);
  const measured: Measured[] = [];
  for (const peer of await present(item.peers)) measured.push(await measure(item, peer, measured[0]));
  console.log(tableOf(measured));
}

async function measure(item: Case, peer: Peer, first: Measured | undefined): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-peer-'));
  const running = await peer.start(dir, PROXY_PORT);
  const origin = `http://127.0.0.1:${PROXY_PORT}`;
  try {
    await item.load(origin, 1); // warm: code compiled, connections open
    const before = cpuSeconds(running.pid);
    const result = await item.load(origin, seconds);
    const cpuMicros = ((cpuSeconds(running.pid) - before) / result.requests) * 1e6;
    const resident = residentMiB(running.pid);
    const rate = item.latencyAt ? item.latencyAt * (first ?? result).perSecond : 0;
    const latency = rate > 0 ? await fixedRate(`${origin}/`, seconds, rate) : { p50Ms: Number.NaN, p99Ms: Number.NaN };
    return { peer: peer.name, ...result, cpuMicros, residentMiB: resident, ...latency };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function tableOf(measured: readonly Measured[]): string {
  const base = measured[0]?.cpuMicros ?? Number.NaN;
  const rows = measured.map(({ peer, cpuMicros, perSecond, p50Ms, p99Ms, residentMiB: resident, errors }) => [
    peer,
    figure(cpuMicros),
    figure(cpuMicros / base),
    figure(perSecond),
    figure(p50Ms),
    figure(p99Ms),
    figure(resident),
    String(errors),
  ]);
  return table(['', 'CPU µs/request', '× first', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB', 'errors'], rows);
}
