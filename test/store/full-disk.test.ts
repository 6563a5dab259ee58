/** A real disk of one MiB: traffic goes on when it is full, less is kept, and all of it again when there is room. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { MessageWindow } from '../../proxy-engine/contract/body-commands.ts';
import type { Exchange } from '../../proxy-engine/contract/exchange.ts';
import type { HarImportResult } from '../../proxy-engine/contract/har-commands.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { startBackend } from '../support/backend.ts';
import { callSwitchyard, readyLine } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

const program = join(import.meta.dirname, '../../proxy-engine/host/cli/main.ts');
const BODY = 'x'.repeat(60_000);
const FULL = 'recordings cannot be written: the disk is full; make room on it, or clear the list';

const testAsRoot = test.runIf(process.platform === 'linux' && process.getuid?.() === 0);

testAsRoot('a full disk: bodies are left out, then exchanges; cleared, all is kept again', async () => {
  const backend = await startBackend('a', (_request, response) => response.end(BODY));
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-full-'));
  const child = start(directory, `http://127.0.0.1:${backend.port}`);
  onTestFinished(async () => {
    killEngine(directory);
    await once(child, 'exit');
    await backend.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { ui = '', gateway = '' } = await readyLine(child);
  const capture = async () => (await callSwitchyard<EngineState>({ ui }, 'state.get')).capture;

  const levels = new Set<string>();
  // One after the other has been dealt with: each is a batch of its own, and no level goes by unseen.
  for (let sent = 1; !levels.has('off'); sent++) {
    expect(await textOf(gateway)).toBe(BODY);
    await until(async () => {
      const { level, exchanges, notRecorded } = await capture();
      if (exchanges + notRecorded === sent) levels.add(level);
      return exchanges + notRecorded === sent;
    });
  }
  expect([...levels]).toEqual(['full', 'heads', 'off']);
  const full = await capture();
  expect(full.reason).toMatch(/recordings cannot be written: .*(no space left|disk is full)/i);
  expect(full.withoutBodies).toBeGreaterThan(0);
  expect(full.notRecorded).toBeGreaterThan(0);
  const kept = await callSwitchyard<ExchangeWindow>({ ui }, 'exchanges.query', { from: 0, limit: 1000 });
  expect(kept.rows).toHaveLength(kept.recorded);
  const [first] = kept.rows;
  expect(await callSwitchyard({ ui }, 'exchange.get', { id: first?.id })).toMatchObject({
    response: { body: { sizeBytes: BODY.length, captured: BODY.length } },
  });

  const ballast = `/proc/${child.pid}/root/${directory}/data/ballast`;
  fill(ballast);
  const ids = kept.rows.map(({ id }) => id);
  const markOf = async () => (await callSwitchyard<Exchange>({ ui }, 'exchange.get', { id: ids[0] })).mark;
  let written = await markOf();
  // What of the index's own file is free takes some first.
  const markAll = async (): Promise<void> => {
    for (let n = 0; ; n++) {
      const mark = { note: `${n} ${'n'.repeat(1900)}` };
      await callSwitchyard({ ui }, 'exchange.mark', { ids, ...mark });
      written = mark;
    }
  };
  await expect(markAll()).rejects.toMatchObject({
    code: 'WRITE_FAILED',
    message: 'nothing was written: the disk is full; make room on it, or clear the list',
  });
  expect(await markOf()).toEqual(written);
  const request = { method: 'GET', url: 'http://a.test/', headers: [] };
  const text = JSON.stringify({ log: { entries: [{ request }, { request }] } });
  expect(await callSwitchyard<HarImportResult>({ ui }, 'har.import', { text })).toMatchObject({
    exchanges: 0,
    problems: expect.arrayContaining([{ at: 'entry 1', outcome: 'left-out', why: FULL, times: 2 }]),
  });
  rmSync(ballast);

  await callSwitchyard({ ui }, 'exchanges.clear');
  await textOf(gateway);
  await until(async () => (await capture()).level === 'full');
  const again = await callSwitchyard<ExchangeWindow>({ ui }, 'exchanges.query', { from: -1, limit: 1 });
  expect(await callSwitchyard({ ui }, 'exchange.get', { id: again.rows[0]?.id })).toMatchObject({
    response: { body: { captured: BODY.length } },
  });
});

testAsRoot(
  'kill -9 with a WebSocket, then starts on a full disk: its messages stay, and it ends when there is room',
  async () => {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(sockets, 'listening');
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo of ${String(data)}`)));
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-full-'));
    const child = start(directory, `http://127.0.0.1:${(sockets.address() as AddressInfo).port}`, 3);
    // What the engine sees as `data`.
    const data = `/proc/${child.pid}/root/${directory}/data`;
    onTestFinished(async () => {
      killEngine(directory);
      await once(child, 'exit');
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const { ui = '', gateway = '' } = await readyLine(child);
    const socket = new WebSocket(`ws://${gateway}/socket`);
    socket.on('error', () => {});
    await once(socket, 'open');
    for (let n = 1; n <= 20; n++) socket.send(`message ${n}`);
    await until(() => readFileSync(`${data}/capture/going-on.journal`).includes('echo of message 20'));
    const { rows } = await callSwitchyard<ExchangeWindow>({ ui }, 'exchanges.query', { from: 0, limit: 9 });

    fill(`${data}/ballast`);
    killEngine(directory);
    const full = await readyLine(child);
    const messages = (engine: { ui: string }) =>
      callSwitchyard<MessageWindow>(engine, 'exchange.messages', { id: rows[0]?.id, from: -1, limit: 1 });
    const said = { total: 40, messages: [expect.objectContaining({ data: 'echo of message 20' })] };
    const { capture } = await callSwitchyard<EngineState>({ ui: full.ui ?? '' }, 'state.get');
    expect(capture.note).toMatch(/^exchanges that went on .* could not be ended yet: .*(no space left|disk is full)/i);
    expect(await messages({ ui: full.ui ?? '' })).toMatchObject(said);

    rmSync(`${data}/ballast`);
    killEngine(directory);
    const roomy = await readyLine(child);
    expect((await callSwitchyard<EngineState>({ ui: roomy.ui ?? '' }, 'state.get')).capture.note).toBeUndefined();
    expect(await messages({ ui: roomy.ui ?? '' })).toMatchObject(said);
    expect(await callSwitchyard({ ui: roomy.ui ?? '' }, 'exchange.get', { id: rows[0]?.id })).toMatchObject({
      error: { code: 'INTERRUPTED' },
    });
  },
);

/** The one that runs. */
function killEngine(directory: string): void {
  process.kill(Number(readFileSync(join(directory, 'data.pid'), 'utf8')), 'SIGKILL');
}

/** With zeros, to the last byte. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (const bytes of [4096, 1]) appendUntilFull(fd, Buffer.alloc(bytes));
  } finally {
    closeSync(fd);
  }
}

function appendUntilFull(fd: number, bytes: Buffer): void {
  try {
    while (writeSync(fd, bytes) > 0);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

/** The engine in a mount namespace of its own, with its data on a tmpfs; so many, each started when the one before has ended. */
function start(directory: string, backend: string, times = 1): ChildProcess {
  const config = join(directory, 'switchyard.yaml');
  const data = join(directory, 'data');
  writeFileSync(
    config,
    `listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: p }]
pools: { p: { backends: [{ url: '${backend}' }] } }
`,
  );
  const engine = 'echo $$ > "$1.pid"; exec "$2" "$3" run "$4" --ui 127.0.0.1:0 --data "$1"';
  const run = `sh -c '${engine}' sh "$@"; `.repeat(times);
  const script = `mkdir -p "$1" && mount -t tmpfs -o size=1m tmpfs "$1" && { ${run} }`;
  const args = ['-rm', 'sh', '-c', script, 'sh', data, process.execPath, program, config];
  return spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function textOf(gateway: string): Promise<string> {
  return (await fetch(`http://${gateway}/`)).text();
}
