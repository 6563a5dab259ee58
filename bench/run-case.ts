/** One case on all its peers, and the table of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BACKEND_PORTS } from './backends.ts';
import type { Case } from './cases.ts';
import { fixedRate, type LoadResult, type Percentiles } from './load.ts';
import { type Peer, present } from './peers/peer.ts';
import { cpuSeconds, residentMiB } from './process-tree.ts';
import { figure, table } from './table.ts';

interface Measured extends LoadResult, Percentiles {
  peer: string;
  /** Of the proxy's whole process tree. */
  cpuMicros: number;
  residentMiB: number;
}

const PROXY_PORT = 9311;
const WARM_REQUESTS = 75_000;
const MOST_WARM_SECONDS = 3;
const UNKNOWN: Percentiles = { p50Ms: Number.NaN, p99Ms: Number.NaN };

export async function runCase(item: Case, options: { seconds: number; hasNpmPeers: boolean }): Promise<void> {
  console.log(`\n${item.name}: ${item.title}; ${options.seconds} s each`);
  const peers = (await present(item.peers)).filter(({ npm }) => npm === undefined || options.hasNpmPeers);
  const done = new Map<Peer, Measured>();
  let rate: number | null = null;
  for (const peer of rateFirst(peers, item.latencyAtHalfOf)) {
    try {
      const measured = await measure(item, peer, options.seconds, rate);
      if (peer === item.latencyAtHalfOf) rate = measured.perSecond / 2;
      done.set(peer, measured);
    } catch (error) {
      console.log(`${peer.name} is left out: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  const rows = peers.flatMap((peer) => done.get(peer) ?? []);
  if (rate !== null) rows.push(await withoutProxy(rate, options.seconds));
  console.log(tableOf(rows));
}

/** The one that sets the rate of the others is measured before them. */
function rateFirst(peers: readonly Peer[], first: Peer | undefined): Peer[] {
  return peers.toSorted((a, b) => Number(b === first) - Number(a === first));
}

/** What a proxy adds to a latency is what it has more than this. */
async function withoutProxy(rate: number, seconds: number): Promise<Measured> {
  const direct = await fixedRate(`http://127.0.0.1:${BACKEND_PORTS[0]}/`, seconds, rate);
  return { ...direct, peer: 'no proxy', perSecond: Number.NaN, cpuMicros: Number.NaN, residentMiB: Number.NaN };
}

/** `rate`: at which latency is measured; null: at half of what it can itself, where that is wanted. */
async function measure(item: Case, peer: Peer, seconds: number, rate: number | null): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-peer-'));
  const running = await peer.start(dir, PROXY_PORT);
  try {
    await warm(item, peer);
    const before = cpuSeconds(running.pid);
    const result = await item.load(PROXY_PORT, seconds);
    const cpuMicros = ((cpuSeconds(running.pid) - before) / result.requests) * 1e6;
    const resident = residentMiB(running.pid);
    const wanted = peer === item.latencyAtHalfOf ? result.perSecond / 2 : (rate ?? Number.POSITIVE_INFINITY);
    // Who cannot do that rate has no latency at it.
    const canDo = wanted < result.perSecond;
    const { p50Ms, p99Ms } = canDo ? await fixedRate(`http://127.0.0.1:${PROXY_PORT}/`, seconds, wanted) : UNKNOWN;
    return { peer: peer.name, ...result, cpuMicros, residentMiB: resident, p50Ms, p99Ms };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Until connections are open and code is compiled: after so many requests, or after a time in which it cannot get there. */
async function warm(item: Case, { compiles = false }: Peer): Promise<void> {
  const wanted = compiles ? (item.warmRequests ?? WARM_REQUESTS) : 0;
  let requests = 0;
  for (let second = 0; second < MOST_WARM_SECONDS; second++) {
    requests += (await item.load(PROXY_PORT, 1)).requests;
    if (requests >= wanted) return;
  }
}

function tableOf(measured: readonly Measured[]): string {
  const [first] = measured;
  const rows = measured.map(({ peer, cpuMicros, perSecond, p50Ms, p99Ms, residentMiB: resident, errors }) => [
    peer,
    figure(cpuMicros),
    figure(cpuMicros / (first?.cpuMicros ?? Number.NaN)),
    figure(perSecond),
    figure(p50Ms),
    figure(p99Ms),
    figure(resident),
    String(errors),
  ]);
  const head = ['', 'CPU µs/request', `× ${first?.peer}`, 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB', 'errors'];
  return table(head, rows);
}
