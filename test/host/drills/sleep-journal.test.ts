import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DrillSignal } from '../../../proxy-engine/contract/drill-signals.ts';
import { journaled, wakeLeftBehind } from '../../../proxy-engine/host/drills/sleep-journal.ts';
import { startBackendProcess } from '../../support/drills.ts';
import { callSwitchyard, readyLine } from '../../support/switchyard.ts';
import { temporaryDirectory } from '../../support/tls.ts';
import { until } from '../../support/until.ts';

function recording() {
  const sent: [number, DrillSignal][] = [];
  const send = (pid: number, signal: DrillSignal) => {
    sent.push([pid, signal]);
    return pid !== 404;
  };
  return { sent, signals: { find: () => Promise.reject(new Error('not asked')), send } };
}

test('what stands still is in a file for as long as it does', () => {
  const directory = join(temporaryDirectory(), 'drills');
  const { signals } = recording();
  const { send } = journaled(signals, directory);
  const inFile = () => JSON.parse(readFileSync(join(directory, `asleep-${process.pid}.json`), 'utf8')) as number[];
  send(4711, 'SIGTERM');
  expect(existsSync(directory)).toBe(false);
  send(4711, 'SIGSTOP');
  send(4712, 'SIGSTOP');
  expect(inFile()).toEqual([4711, 4712]);
  send(4711, 'SIGCONT');
  expect(inFile()).toEqual([4712]);
  send(4712, 'SIGKILL');
  expect(readdirSync(directory)).toEqual([]);
});

test('only what a dead engine left is woken; files that say nothing are put away', () => {
  const directory = temporaryDirectory();
  const dead = 2 ** 22 + 1;
  writeFileSync(join(directory, `asleep-${process.pid}.json`), '[1001]');
  writeFileSync(join(directory, `asleep-${dead}.json`), '[1002, 404, 1, "7"]');
  writeFileSync(join(directory, `asleep-${dead + 1}.json`), 'broken');
  writeFileSync(join(directory, 'report.json'), '{}');
  const { signals, sent } = recording();
  expect(wakeLeftBehind(directory, signals)).toEqual([1002]);
  expect(sent).toEqual([
    [1002, 'SIGCONT'],
    [404, 'SIGCONT'],
  ]);
  expect(readdirSync(directory).toSorted()).toEqual([`asleep-${process.pid}.json`, 'report.json']);
  expect(wakeLeftBehind(join(directory, 'nowhere'), signals)).toEqual([]);
});

test('kill -9 of an engine whose drill made a process stand still: the next engine lets it go on', async () => {
  const backend = await startBackendProcess('a');
  const directory = temporaryDirectory();
  const file = join(directory, 'site.yaml');
  writeFileSync(
    file,
    `listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: api }]
pools: { api: { backends: [{ name: a, url: 'http://127.0.0.1:${backend.port}' }] } }
`,
  );
  const start = async () => {
    const main = join(import.meta.dirname, '../../../proxy-engine/host/cli/main.ts');
    const args = [main, 'run', file, '--ui', '127.0.0.1:0', '--data', join(directory, 'data')];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const { ui = '' } = await readyLine(child);
    return { child, ui };
  };
  const isStopped = () => /^State:\s+T/m.test(readFileSync(`/proc/${backend.pid}/status`, 'utf8'));
  const first = await start();
  const text = `load: { rate: 10/s }
timeline: [{ at: 0s, process: { port: ${backend.port}, signal: SIGSTOP } }]
duration: 1m
`;
  await callSwitchyard(first, 'drill.start', { text });
  await until(isStopped);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  expect(isStopped()).toBe(true);
  await start();
  await until(() => !isStopped());
});
