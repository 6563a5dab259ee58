/**
 * `npm run bench [-- CASE …] [--seconds N] [--exchanges N]`: every case on every peer that is there, one table a case.
 * `window`, `idle`, `start-up`, `workers`, `failover`, `capture` and `soak` are not among the cases; the last three are run by their names only.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBackends } from './backends.ts';
import { runCapture } from './capture.ts';
import { cases } from './cases.ts';
import { runFailover } from './failover.ts';
import { runIdle } from './idle.ts';
import { installNpmPeers } from './peers/npm.ts';
import { runCase } from './run-case.ts';
import { runSoak } from './soak.ts';
import { runStartUp } from './start-up.ts';
import { runWindow } from './window.ts';
import { runWorkers } from './workers.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, exchanges: { type: 'string' } },
});
const seconds = values.seconds === undefined ? undefined : Number(values.seconds);

/** Those that are no cases, in the order in which they run. `everyTime`: also when nothing is named. */
const others: readonly { name: string; everyTime: boolean; run(): Promise<void> }[] = [
  { name: 'window', everyTime: true, run: () => runWindow(seconds ?? 2) },
  { name: 'idle', everyTime: true, run: () => runIdle() },
  { name: 'start-up', everyTime: true, run: () => runStartUp() },
  { name: 'workers', everyTime: true, run: () => runWorkers(seconds ?? 4) },
  { name: 'failover', everyTime: false, run: () => runFailover(seconds ?? 30) },
  { name: 'capture', everyTime: false, run: () => runCapture(values.exchanges ? Number(values.exchanges) : undefined) },
  { name: 'soak', everyTime: false, run: () => runSoak(seconds ?? 30 * 60) },
];

const names = [...cases, ...others].map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no case ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const [cpu] = cpus();
console.log(
  `${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}, ${new Date().toISOString()}`,
);
const isChosen = (name: string) => positionals.includes(name);
const chosen = cases.filter(({ name }) => positionals.length === 0 || isChosen(name));
if (chosen.length > 0) await runCases();
for (const { name, everyTime, run } of others)
  if (isChosen(name) || (positionals.length === 0 && everyTime)) await run();

async function runCases(): Promise<void> {
  const hasNpmPeers = await installNpmPeers();
  if (!hasNpmPeers) console.log('the peers from npm could not be installed and are left out');
  const backends = await startBackends();
  try {
    for (const item of chosen) await runCase(item, { seconds: seconds ?? 2, hasNpmPeers });
  } finally {
    await backends.stop();
  }
}
