/** One of three backends is killed every two seconds and started again after one, under load: what clients lose, and how long it is still asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKEND_PORTS } from './backends.ts';
import { type FailoverPeer, haproxyPeer, nginxPeer, type RunningPeer, switchyardPeer } from './failover-peers.ts';
import { closedLoop, type LoadResult } from './load.ts';
import { type MortalBackends, startMortalBackends } from './mortal-backends.ts';
import { present } from './peers/peer.ts';
import { figure, table } from './table.ts';

const PROXY_PORT = 9311;
const SYSLOG_PORT = 9312;
const UI_PORT = 9313;
const KILL_EVERY_MS = 2000;
const DEAD_MS = 1000;

const peers: readonly FailoverPeer[] = [
  nginxPeer('nginx, defaults', ''),
  nginxPeer('nginx, fail_timeout=1s', 'fail_timeout=1s'),
  haproxyPeer('haproxy, check 1s, redispatch', SYSLOG_PORT, ['option redispatch 1']),
  haproxyPeer('haproxy, all-retryable-errors', SYSLOG_PORT, [
    'option redispatch 1',
    'retry-on all-retryable-errors',
    'default-server observe layer4 error-limit 1 on-error mark-down',
  ]),
  switchyardPeer(UI_PORT),
];

interface Outcome extends LoadResult {
  peer: string;
  deaths: number;
  /** Milliseconds from a death to the last request that failed on it, one a death that was noticed. */
  lastAskedMs: number[];
}

export async function runFailover(seconds: number): Promise<void> {
  console.log(
    `\nfailover: GET of 700 bytes, 64 connections; one of three killed -9 every 2 s, back after 1 s; ${seconds} s each`,
  );
  const outcomes: Outcome[] = [];
  for (const peer of await present(peers)) outcomes.push(await measure(peer, seconds));
  console.log(tableOf(outcomes));
}

async function measure(peer: FailoverPeer, seconds: number): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-failover-'));
  const backends = await startMortalBackends(dir);
  const running = await peer.start(dir, PROXY_PORT);
  try {
    const load = closedLoop(`http://127.0.0.1:${PROXY_PORT}/`, seconds);
    const lastAskedMs = await killInTurn(backends, running, Math.floor((seconds * 1000) / KILL_EVERY_MS) - 1);
    return {
      peer: peer.name,
      deaths: lastAskedMs.length,
      ...(await load),
      lastAskedMs: lastAskedMs.filter((ms) => ms >= 0),
    };
  } finally {
    await running.stop();
    await backends.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** How long each of the dead was still asked; -1: nothing was sent to it any more. */
async function killInTurn(backends: MortalBackends, peer: RunningPeer, deaths: number): Promise<number[]> {
  const lastAsked: number[] = [];
  for (let death = 0; death < deaths; death++) {
    await sleep(KILL_EVERY_MS - DEAD_MS);
    await peer.failures();
    const diedAt = await backends.kill(death % BACKEND_PORTS.length);
    await sleep(DEAD_MS);
    const failures = await peer.failures();
    lastAsked.push(failures.length === 0 ? -1 : Math.max(0, ...failures.map((at) => at - diedAt)));
    await backends.restart(death % BACKEND_PORTS.length);
  }
  return lastAsked;
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ peer, deaths, errors, requests, perSecond, lastAskedMs }) => {
    const sorted = lastAskedMs.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    return [
      peer,
      String(deaths),
      String(requests),
      figure(perSecond),
      String(errors),
      figure(median),
      figure(sorted.at(-1) ?? 0),
    ];
  });
  const head = ['', 'deaths', 'GETs', 'GETs/s', 'failed', 'still asked, median ms', 'longest ms'];
  return table(head, rows);
}
