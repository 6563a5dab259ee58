/** Drills on a real engine with real backends: what is measured, and that everything is as it was before, however it ends. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommandFailure } from '../../../proxy-engine/host/command-failure.ts';
import { send } from '../../support/backend.ts';
import { startBackendProcess, startDrillHost } from '../../support/drills.ts';
import { temporaryDirectory } from '../../support/tls.ts';
import { until } from '../../support/until.ts';

function drillOf(timeline: readonly string[], expected: readonly string[] = [], duration = '1s'): string {
  const list = (lines: readonly string[]) =>
    lines.length === 0 ? ' []' : lines.map((line) => `\n  - ${line}`).join('');
  return `name: Try
load: { rate: 200/s, timeout: 1m }
timeline:${list(timeline.map((step) => `{ ${step} }`))}
duration: ${duration}
expect:${list(expected)}
`;
}

const AWAY = ['at: 0s, backend: api/a, state: maint', 'at: 600ms, backend: api/a, state: ready'];

describe('a drill that runs to its end', () => {
  test('measures shares, returns and exchanges, and gives its verdict', async () => {
    const { drill, call } = await startDrillHost();
    const report = await drill(
      drillOf(AWAY, [
        'failed = 0',
        'requests = 200',
        'share(api/a) > 5%',
        'recovered(api/a) < 10s',
        'count(status = 200 and backend in (a, b, c)) = 200',
        'count(backend = a, 100ms..600ms) = 0',
      ]),
    );
    expect(report.verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(report).toMatchObject({
      outcome: 'passed',
      totals: { requests: 200, failed: 0, attempts: 200, retries: 0 },
    });
    expect(report.steps.map(({ target, what }) => [target, what])).toEqual([
      ['api/a', 'maint'],
      ['api/a', 'ready'],
    ]);
    expect(report.seconds).toHaveLength(1);
    expect(report.seconds[0]?.attempts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect((await call('drill.list', {})).runs).toEqual([
      expect.objectContaining({ id: report.id, name: 'Try', outcome: 'passed', requests: 200, expected: 6, met: 6 }),
    ]);
  });

  test('has failed when an expectation is not met, and names the requests that failed', async () => {
    const { drill } = await startDrillHost({ more: '    retry: { attempts: 1 }' });
    const fault = 'at: 0s, backend: api/b, fault: { reset: head }';
    const report = await drill(drillOf([fault], ['failed = 0', 'count(error = RESET) > 0', 'share(api/b) > 0']));
    expect(report.outcome).toBe('failed');
    expect(report.verdicts.map(({ passed }) => passed)).toEqual([false, true, true]);
    const [failure] = report.failures;
    expect(failure).toMatchObject({ reason: expect.stringMatching(/^502 /), tried: 'api/b' });
    expect(failure?.exchange).toBeGreaterThan(0);
    expect(report.backends.find(({ name }) => name === 'api/b')?.failures).toBe(report.totals.failed);
    expect(report.restored).toEqual(['api/b: no fault']);
  });

  test('knows which backend kept a request that nobody answered in time', async () => {
    const { drill } = await startDrillHost();
    const fault = 'at: 0s, backend: api/b, fault: { blackhole: true }';
    const report = await drill(drillOf([fault], ['failed > 0'], '300ms').replace('1m }', '4s }'));
    expect(report.outcome).toBe('passed');
    expect(report.failures[0]).toMatchObject({ reason: 'no answer within 4 s', tried: 'api/b' });
    expect(report.failures[0]?.exchange).toBeGreaterThan(0);
  });

  test('goes to a listener over TLS, too, under any name', async () => {
    const { drill, host } = await startDrillHost({
      listener: ', tls: { local: true }',
      authorityDir: temporaryDirectory(),
    });
    const port = host.state().listeners[0]?.address.split(':').at(-1);
    const text = drillOf([], ['failed = 0', 'count(scheme = https and host = shop.test) = 20'], '100ms');
    const report = await drill(text.replace('rate:', `url: 'https://shop.test:${port}/', rate:`));
    expect(report.verdicts.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('counts no other traffic, and no copies for a mirror', async () => {
    const { drill, host } = await startDrillHost({
      more: "  shadow: { backends: [{ name: s, url: 'http://127.0.0.1:9' }] }",
    });
    await host.changes.edit(() => [{ path: ['routes', 'all', 'mirror'], value: { pool: 'shadow' } }], false);
    const [listener] = host.state().listeners;
    const others = setInterval(() => void send(listener?.address ?? '').catch(() => {}), 20);
    const report = await drill(drillOf([], ['count(completed) = 60'], '300ms')).finally(() => clearInterval(others));
    expect(report.totals).toMatchObject({ requests: 60, attempts: 60 });
    expect(report.outcome).toBe('passed');
  });
});

describe('everything is as it was before', () => {
  const BOTH = [
    'at: 0s, backend: api/a, state: maint',
    'at: 0s, backend: api/b, fault: { latency: 5ms }',
    'at: 0s, backend: api/c, state: drain',
  ];

  test('when a drill is stopped: states with who set them, and faults', async () => {
    const { call, stepsDone, backend, host } = await startDrillHost();
    await call('backend.setState', { pool: 'api', backend: 'c', state: 'maint' });
    await call('backend.setFault', { pool: 'api', backend: 'b', fault: { status: 418, percent: 1 } });
    const before = ['a', 'b', 'c'].map((name) => backend(name));
    const { id } = await call('drill.start', { text: drillOf(BOTH, ['failed = 0'], '1m') });
    await stepsDone(id, 3);
    expect([backend('a')?.state, backend('b')?.fault, backend('c')?.state]).toEqual([
      'maint',
      { latencyMs: 5 },
      'drain',
    ]);
    expect(backend('a')?.reason).toContain('by the drill');
    expect(host.state().drill).toMatchObject({ id, outcome: 'running', durationMs: 60_000 });
    expect(await call('drill.stop', {})).toEqual({ id });
    const after = ['a', 'b', 'c'].map((name) => backend(name));
    expect(after.map((one) => [one?.state, one?.fault])).toEqual(before.map((one) => [one?.state, one?.fault]));
    expect(after[2]?.reason).toBe(before[2]?.reason);
    expect((await call('drill.get', { id })).outcome).toBe('stopped');
    expect(await call('drill.stop', {})).toBeNull();
  });

  test('when it breaks, because the config lost a backend', async () => {
    const { call, stepsDone, backend, host } = await startDrillHost();
    const text = drillOf(
      [...BOTH, 'at: 10s, backend: api/c, state: ready'].map((step) => step.replace('10s', '4s')),
      [],
      '1m',
    );
    const { id, ended } = await host.drills.start(text);
    await stepsDone(id, 3);
    await call('backend.remove', { pool: 'api', backend: 'c' });
    const report = await ended;
    expect(report).toMatchObject({ outcome: 'broken', problem: 'api/c is not in the config any more' });
    expect([backend('a')?.state, backend('b')?.fault]).toEqual(['ready', undefined]);
    expect(report.restored).toContain('api/c: is not there any more');
  });

  test('when the engine is told to end', async () => {
    const { call, stepsDone, backend, host } = await startDrillHost();
    const { id } = await call('drill.start', { text: drillOf(BOTH, [], '1m') });
    await stepsDone(id, 3);
    await host.close(0);
    expect([backend('a')?.state, backend('b')?.fault, backend('c')?.state]).toEqual(['ready', undefined, 'ready']);
  });
});

describe('real processes', () => {
  test('one is killed under load: no request fails, and the process is gone', async () => {
    const [a, b] = [await startBackendProcess('a'), await startBackendProcess('b')];
    const { drill } = await startDrillHost({ ports: [a.port, b.port] });
    const report = await drill(
      drillOf(
        [`at: 200ms, process: { port: ${a.port}, signal: SIGKILL }`],
        // By then it is gone, on a busy machine, too.
        ['failed = 0', 'count(backend = a, 4s..) = 0', 'count(backend = b, 4s..) > 0'],
        '4200ms',
      ).replace('200/s', '50/s'),
    );
    await a.exited;
    expect(report.verdicts.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.steps[0]?.note).toBe(`node, pid ${a.pid}`);
  });

  test('one that was made to stand still goes on when the drill is stopped', async () => {
    const a = await startBackendProcess('a');
    const { call, stepsDone } = await startDrillHost({ ports: [a.port] });
    const text = drillOf([`at: 0s, process: { port: ${a.port}, signal: SIGSTOP }`], [], '1m');
    const { id } = await call('drill.start', { text });
    await stepsDone(id, 1);
    const isStopped = () => /^State:\s+T/m.test(readFileSync(`/proc/${a.pid}/status`, 'utf8'));
    await until(isStopped);
    await call('drill.stop', {});
    await until(() => !isStopped());
    expect((await call('drill.get', { id })).restored).toEqual([`node, pid ${a.pid}: SIGCONT`]);
  });

  test('our own, and ports of nobody, are refused before anything happens', async () => {
    const { call, host } = await startDrillHost();
    const own = Number(new URL(host.state().pools[0]?.backends[0]?.url ?? '').port);
    const start = (port: number) =>
      call('drill.start', { text: drillOf([`at: 0s, process: { port: ${port}, signal: SIGKILL }`]) });
    await expect(start(own)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining("Switchyard's own"),
    });
    await expect(start(1)).rejects.toMatchObject({ message: 'no process listens on port 1' });
    expect(host.state().drill).toBeUndefined();
  });
});

describe('a drill that cannot start', () => {
  test('every mistake has its place', async () => {
    const { call } = await startDrillHost();
    const text = `load: { rate: fast }
timeline:
  - { at: 2s, backend: api/a, state: gone }
  - { at: 20s, backend: a, state: maint, fault: null }
  - { at: 1s, process: { port: 3003, signal: SIGWINCH } }
duration: 5s
expect:
  - p99 < 250
  - recovered(api/b) < 1s
  - count(path ~ "(") = 0
`;
    const { issues } = await call('drill.check', { text });
    expect(issues.map(({ line, path }) => [line, path])).toEqual([
      [1, 'load.rate'],
      [3, 'timeline[0].state'],
      [4, 'timeline[1]'],
      [5, 'timeline[2].process.signal'],
      [8, 'expect[0]'],
      [10, 'expect[2]'],
    ]);
    expect(issues[4]?.message).toContain('expected a duration such as 250ms or 2s, found "250"');
  });

  test.each([
    [
      'a step after the end',
      drillOf(['at: 2s, backend: api/a, state: maint']),
      'timeline[0].at',
      'is after the end of the drill',
    ],
    ['no return', drillOf(AWAY.slice(0, 1), ['recovered(api/a) < 1s']), 'expect[0]', 'never brings api/a back'],
    ['a pattern', drillOf([], ['count(path ~ "(") = 0']), 'expect[0]', 'is not closed'],
    [
      'a strange backend',
      drillOf(['at: 0s, backend: api/z, state: maint']),
      'timeline[0].backend',
      'there are api/a, api/b, api/c',
    ],
    [
      'a strange address',
      drillOf([]).replace('rate:', 'url: http://example.test/, rate:'),
      'load.url',
      'no reverse listener',
    ],
    ['too much', drillOf([], [], '1h').replace('200/s', '20000/s'), 'load.rate', 'at most 1000000 requests'],
  ])('%s is told', async (_, text, path, message) => {
    const { call } = await startDrillHost();
    const failure = (await call('drill.start', { text }).catch((error: unknown) => error)) as CommandFailure;
    expect(failure).toMatchObject({
      code: 'BAD_CONFIG',
      issues: [{ path, message: expect.stringContaining(message) }],
    });
    expect(failure.issues?.[0]?.line).toBeGreaterThan(0);
    expect((await call('drill.check', { text })).issues).toHaveLength(1);
  });

  test('while another one runs', async () => {
    const { call } = await startDrillHost();
    await call('drill.start', { text: drillOf([], [], '1m') });
    await expect(call('drill.start', { text: drillOf([]) })).rejects.toMatchObject({ code: 'CONFLICT' });
    await call('drill.stop', {});
  });
});

describe('reports', () => {
  test('outlive the engine when there is a place for them; other files there are left alone', async () => {
    const drillsDirectory = temporaryDirectory();
    writeFileSync(join(drillsDirectory, 'notes.json'), '{ "mine": true }');
    const first = await startDrillHost({ drillsDirectory });
    const report = await first.drill(drillOf([], ['failed = 0'], '100ms'));
    const again = await startDrillHost({ drillsDirectory });
    expect(await again.call('drill.get', { id: report.id })).toEqual(JSON.parse(JSON.stringify(report)));
    expect((await again.call('drill.list', {})).runs.map(({ id }) => id)).toEqual([report.id]);
    expect(readdirSync(drillsDirectory).toSorted()).toEqual([`${report.id}.json`, 'notes.json']);
    expect((await again.call('drill.export', { id: report.id, format: 'junit' })).text).toContain(
      '<testsuite name="Try"',
    );
    await expect(again.call('drill.get', { id: '../notes' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
