/** A disk that takes nothing any more: traffic does not wait for it, memory is bounded, and what was left out is told. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { startBackend } from '../support/backend.ts';
import { callSwitchyard, readyLine } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

const program = join(import.meta.dirname, '../../proxy-engine/host/cli/main.ts');
const preload = join(import.meta.dirname, '../support/stalled-disk.mjs');
const MIB = 1024 ** 2;

test('a stalled disk: all requests are answered; bodies, then exchanges are left out, and all is kept afterwards', async () => {
  const backend = await startBackend('a', (request, response) =>
    response.end(request.url === '/large' ? Buffer.alloc(MIB, 'x') : 'small'),
  );
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-stalled-'));
  const stalledWhile = join(directory, 'stalled');
  const child = start(directory, stalledWhile, backend.port);
  onTestFinished(async () => {
    rmSync(stalledWhile, { force: true });
    child.kill('SIGTERM');
    await once(child, 'exit');
    await backend.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { ui = '', gateway = '' } = await readyLine(child);
  const capture = async () => (await callSwitchyard<EngineState>({ ui }, 'state.get')).capture;
  await get(gateway, '/before', 1);
  await until(async () => (await capture()).exchanges === 1);

  writeFileSync(stalledWhile, '');
  const levels: string[] = [];
  while (!levels.includes('heads')) {
    await get(gateway, '/large', 8);
    levels.push((await capture()).level);
  }
  // The level was seen: of the last of the large ones it may have been a moment too late.
  await get(gateway, '/without-body', 1);
  // Heads of 24 KiB, each of them recorded as it came and as it was sent.
  while (!levels.includes('sampled')) {
    await get(gateway, '/small', 64, 'h'.repeat(12_000));
    levels.push((await capture()).level);
  }
  expect([...new Set(levels)]).toEqual(['full', 'heads', 'sampled']);
  await get(gateway, '/left-out', 8);

  rmSync(stalledWhile);
  await until(async () => (await capture()).level === 'full');
  const { notRecorded, withoutBodies } = await capture();
  expect(notRecorded).toBeGreaterThanOrEqual(8);
  expect(withoutBodies).toBeGreaterThan(0);
  const query = (filter: string) => callSwitchyard<ExchangeWindow>({ ui }, 'exchanges.query', { filter, from: -1 });
  expect((await query('path = "/left-out"')).total).toBe(0);
  const last = (await query('path = "/without-body"')).rows.at(-1);
  const body = (await callSwitchyard<Exchange>({ ui }, 'exchange.get', { id: last?.id })).response?.body;
  expect(body).toMatchObject({ sizeBytes: 'small'.length, captured: 0, truncated: true });
  await get(gateway, '/after', 3);
  await until(async () => (await query('path = "/after"')).total === 3);
});

function start(directory: string, stalledWhile: string, backend: number) {
  const config = join(directory, 'switchyard.yaml');
  writeFileSync(
    config,
    `listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: p }]
pools: { p: { backends: [{ url: 'http://127.0.0.1:${backend}' }] } }
`,
  );
  const args = ['--import', preload, program, 'run', config, '--ui', '127.0.0.1:0', '--data', join(directory, 'data')];
  const env = { ...process.env, STALLED_WHILE: stalledWhile };
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
}

async function get(gateway: string, path: string, times: number, header = ''): Promise<void> {
  const one = async () => {
    const response = await fetch(`http://${gateway}${path}`, { headers: { 'x-long': header } });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  };
  await Promise.all(Array.from({ length: times }, one));
}
