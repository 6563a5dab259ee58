/** `switchyard drill` from its sources: exit codes, reports, and that nothing stays changed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DrillReport } from '../../../proxy-engine/contract/drill.ts';
import type { EngineState } from '../../../proxy-engine/contract/state.ts';
import { type Backend, startBackend } from '../../support/backend.ts';
import { gatewayConfig } from '../../support/configs.ts';
import { callSwitchyard, readyLine } from '../../support/switchyard.ts';
import { until } from '../../support/until.ts';

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'proxy-engine/host/cli/main.ts');

let backends: Backend[] = [];
let directory = '';

beforeAll(async () => {
  backends = await Promise.all(['a', 'b'].map((name) => startBackend(name)));
  directory = mkdtempSync(join(tmpdir(), 'switchyard-drill-'));
  writeFileSync(join(directory, 'site.yaml'), gatewayConfig('127.0.0.1:0', backends));
});
afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
  rmSync(directory, { recursive: true, force: true });
});

function start(...args: string[]): ChildProcess {
  const child = spawn(join(root, 'node_modules/.bin/node'), [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name]?.on('data', (data: Buffer) => (texts[name] += data));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...texts };
}

function drillFile(text: string): string {
  const file = join(directory, `drill-${Math.random().toString(36).slice(2)}.yaml`);
  writeFileSync(file, text);
  return file;
}

const QUICK = `name: A & B
config: site.yaml
load: { rate: 100/s }
timeline: [{ at: 100ms, backend: api/a, state: maint }]
duration: 300ms
expect:
  - failed = 0
  - requests = 30
`;

describe('the exit code', () => {
  test('is 0 when the drill passed; the reports are written', async () => {
    const files = { junit: join(directory, 'r.xml'), html: join(directory, 'r.html'), json: join(directory, 'r.json') };
    const reports = Object.entries(files).flatMap(([format, file]) => [`--${format}`, file]);
    const { code, stdout, stderr } = await ended(start('drill', drillFile(QUICK), ...reports));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('PASSED  A & B');
    expect(stdout).toMatch(/✓ failed = 0 +0\n/);
    expect(stdout).toContain('set back: api/a: ready');
    const report = JSON.parse(readFileSync(files.json, 'utf8')) as DrillReport;
    expect(report).toMatchObject({ name: 'A & B', outcome: 'passed', totals: { requests: 30 } });
    expect(readFileSync(files.junit, 'utf8')).toContain('<testsuite name="A &amp; B" tests="2" failures="0"');
    const page = readFileSync(files.html, 'utf8');
    expect(page).toContain('<h1>A &amp; B</h1>');
    expect(page).not.toMatch(/<script|(src|href)=|url\(/);
  });

  test('is 2 when a report cannot be written; the verdict is told all the same', async () => {
    const { code, stdout, stderr } = await ended(start('drill', drillFile(QUICK), '--json', '/dev/null/r.json'));
    expect([code, stdout.split('\n')[0]]).toEqual([2, expect.stringContaining('PASSED  A & B')]);
    expect(stderr).toMatch(/^switchyard: \/dev\/null\/r\.json: cannot be written: [^\n]*\n$/);
  });

  test('is 1 when an expectation is not met', async () => {
    const junit = join(directory, 'failed.xml');
    const file = drillFile(QUICK.replace('requests = 30', 'share(api/a) > 99%'));
    const { code, stdout } = await ended(start('drill', file, '--junit', junit));
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED {2}A & B/);
    expect(stdout).toMatch(/✗ share\(api\/a\) > 99% +\d/);
    expect(readFileSync(junit, 'utf8')).toMatch(
      /name="share\(api\/a\) &gt; 99%"><failure message="measured [\d.]+ %"\/>/,
    );
  });

  test.each([
    [
      'the file has mistakes',
      () => drillFile(QUICK.replace('300ms', 'soon')),
      /drill-\w+\.yaml:5:11: duration: expected a duration/,
    ],
    [
      'an expectation has',
      () => drillFile(QUICK.replace('failed = 0', 'failed > x')),
      /:7:5: expect\[0\]: expected a whole number/,
    ],
    [
      'a backend is not there',
      () => drillFile(QUICK.replace('api/a', 'api/z')),
      /:4:34: timeline\[0\]\.backend: no backend is called api\/z/,
    ],
    [
      'its config is not there',
      () => drillFile(QUICK.replace('site', 'no')),
      /cannot read .*no\.yaml: there is no such file/,
    ],
    ['the file is not there', () => join(directory, 'nowhere.yaml'), /cannot read .*nowhere\.yaml/],
    [
      'no engine runs',
      () => drillFile(QUICK.replace('config: site.yaml\n', '')),
      /no engine answers at http:\/\/127\.0\.0\.1:1;/,
      () => ['--ui', '127.0.0.1:1', '--token', 'x'],
    ],
    [
      'what answers is no engine',
      () => drillFile(QUICK.replace('config: site.yaml\n', '')),
      /what answers at http:\/\/127\.0\.0\.1:\d+ is no engine of Switchyard/,
      () => ['--ui', `127.0.0.1:${backends[0]?.port}`, '--token', 'x'],
    ],
    ['there is no token', () => drillFile(QUICK.replace('config: site.yaml\n', '')), /wants its token/],
  ] as [string, () => string, RegExp, (() => string[])?][])(
    'is 2 when %s',
    async (_, file, message, args = () => []) => {
      const { code, stdout, stderr } = await ended(start('drill', file(), ...args()));
      expect(stderr).toMatch(message);
      expect([code, stdout]).toEqual([2, '']);
    },
  );
});

test('a signal ends a drill on an engine of its own, with the report of what there is', async () => {
  const json = join(directory, 'stopped.json');
  const drill = start('drill', drillFile(QUICK.replace('300ms', '1m')), '--json', json);
  const end = ended(drill);
  const before = backends.reduce((sum, { requests }) => sum + requests, 0);
  await until(() => backends.reduce((sum, { requests }) => sum + requests, 0) > before, 'a request');
  drill.kill('SIGTERM');
  const { code, stdout } = await end;
  expect([code, stdout.split('\n')[0]]).toEqual([2, expect.stringContaining('STOPPED  A & B')]);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ outcome: 'stopped' });
});

test('the schema is told for editors', async () => {
  const { code, stdout } = await ended(start('schema', '--drill'));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'Switchyard drill', required: ['load', 'duration'] });
});

const LONG = `load: { rate: 50/s }
timeline:
  - { at: 0s, backend: api/a, state: maint }
  - { at: 0s, backend: api/b, fault: { latency: 1ms } }
duration: 1m
expect: [failed = 0]
`;

describe('on a running engine', () => {
  async function running() {
    const engine = start('run', join(directory, 'site.yaml'), '--ui', '127.0.0.1:0', '--data', join(directory, 'data'));
    const { ui = '' } = await readyLine(engine);
    const state = async () => (await callSwitchyard<EngineState>({ ui }, 'state.get')).pools[0]?.backends ?? [];
    return { engine, ui, state };
  }

  const isChanged = (of: EngineState['pools'][0]['backends']) => of[0]?.state === 'maint' && of[1]?.fault !== undefined;
  const isAsBefore = (of: EngineState['pools'][0]['backends']) =>
    of.every(({ state, fault }) => state === 'ready' && fault === undefined);

  test('Ctrl C stops the drill, sets everything back and tells what there is', async () => {
    const { ui, state } = await running();
    const drill = start('drill', drillFile(LONG), '--ui', ui);
    await until(async () => isChanged(await state()));
    const end = ended(drill);
    drill.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(2);
    expect(stdout).toContain('STOPPED  Drill');
    expect(stdout).toContain('set back: api/a: ready, api/b: no fault');
    expect(isAsBefore(await state())).toBe(true);
  });

  test('kill -9 of the engine leaves nothing: states of a drill are in no file', async () => {
    const first = await running();
    const drill = start('drill', drillFile(LONG), '--ui', first.ui);
    await until(async () => isChanged(await first.state()));
    const end = ended(drill);
    first.engine.kill('SIGKILL');
    const { code, stderr } = await end;
    expect([code, stderr]).toEqual([2, expect.stringContaining('no engine answers')]);
    const again = await running();
    expect(isAsBefore(await again.state())).toBe(true);
    expect((await callSwitchyard<EngineState>(again, 'state.get')).drill).toBeUndefined();
  });
});
