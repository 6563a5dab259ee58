/** A real disk of one MiB: traffic goes on when it is full, less is kept, and all of it again when there is room. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ExchangeWindow } from '../../proxy-engine/contract/api.ts';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { startBackend } from '../support/backend.ts';
import { callSwitchyard, readyLine } from '../support/switchyard.ts';
import { until } from '../support/until.ts';

const program = join(import.meta.dirname, '../../proxy-engine/host/cli/main.ts');
const BODY = 'x'.repeat(60_000);

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a full disk: bodies are left out, then exchanges; cleared, all is kept again',
  async () => {
    const backend = await startBackend('a', (_request, response) => response.end(BODY));
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-full-'));
    const child = start(directory, backend.port);
    onTestFinished(async () => {
      child.kill('SIGTERM');
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

    await callSwitchyard({ ui }, 'exchanges.clear');
    await textOf(gateway);
    await until(async () => (await capture()).level === 'full');
    const again = await callSwitchyard<ExchangeWindow>({ ui }, 'exchanges.query', { from: -1, limit: 1 });
    expect(await callSwitchyard({ ui }, 'exchange.get', { id: again.rows[0]?.id })).toMatchObject({
      response: { body: { captured: BODY.length } },
    });
  },
);

/** The engine in a mount namespace of its own, with its data on a tmpfs. */
function start(directory: string, backend: number): ChildProcess {
  const config = join(directory, 'switchyard.yaml');
  const data = join(directory, 'data');
  writeFileSync(
    config,
    `listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: p }]
pools: { p: { backends: [{ url: 'http://127.0.0.1:${backend}' }] } }
`,
  );
  const script =
    'mkdir -p "$1" && mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" run "$4" --ui 127.0.0.1:0 --data "$1"';
  const args = ['-rm', 'sh', '-c', script, 'sh', data, process.execPath, program, config];
  return spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function textOf(gateway: string): Promise<string> {
  return (await fetch(`http://${gateway}/`)).text();
}
