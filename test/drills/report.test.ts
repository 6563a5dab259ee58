import { describe, expect, it } from 'vitest';
import { parseExpectation } from '../../proxy-engine/contract/drill-expectation.ts';
import { partsOf, shownBackends } from '../../proxy-engine/contract/drill-view.ts';
import { DrillLog } from '../../proxy-engine/drills/drill-log.ts';
import { printReport } from '../../proxy-engine/drills/print-report.ts';
import { buildReport, type DrillFacts, secondsOf, summaryOf } from '../../proxy-engine/drills/report.ts';

function logOf(): DrillLog {
  const log = new DrillLog(['api/a', 'api/b']);
  for (let number = 0; number < 30; number++) {
    const dueMs = number * 100;
    log.addRequest({ number, dueMs, tookMs: 10 + (number % 10), failure: number === 15 ? '502 RESET' : null });
    log.addAttempt({ at: dueMs, backend: number % 3 === 0 ? 'api/a' : 'api/b', failed: number === 15, retry: false });
  }
  log.addAttempt({ at: 1600, backend: 'api/new', failed: false, retry: true });
  return log;
}

const FACTS: DrillFacts = {
  id: 'x',
  name: '<b>"Tom" & Jerry\'s</b>\u0000 ]]>',
  outcome: 'passed',
  startedAt: 0,
  durationMs: 3000,
  elapsedMs: 3004,
  load: { url: 'http://a.test/?a&b', method: 'GET', rate: 10, connections: 16 },
  steps: [{ atMs: 1000, doneMs: 1001, target: ':3003', kind: 'process', what: 'SIGKILL', note: 'node, pid 1' }],
  restored: ['api/a: ready'],
  document: 'name: </pre><script>',
};

function reportOf(facts: Partial<DrillFacts> = {}, texts = ['failed = 0', 'share(api/a) < 50%']) {
  const expectations = texts.map((text) => {
    const parsed = parseExpectation(text);
    if (!parsed.ok) throw new Error(parsed.message);
    return parsed.expectation;
  });
  return buildReport({ ...FACTS, ...facts }, expectations, { log: logOf(), returns: [], lastedMs: 3000 });
}

describe('the report', () => {
  it('has a row for each second that began', () => {
    expect(secondsOf(logOf(), 3000, 1500)).toHaveLength(2);
    const seconds = secondsOf(logOf(), 3000, 3004);
    expect(seconds).toHaveLength(3);
    expect(seconds[1]).toEqual({
      requests: 10,
      failed: 1,
      retries: 1,
      attempts: [3, 7, 1],
      failures: [1, 0, 0],
      p50Ms: 14,
      p99Ms: 19,
    });
  });

  it('shows the backends of the pools that got something', () => {
    const backend = (name: string, attempts: number) => ({ name, attempts, failures: 0, share: 0 });
    const all = [backend('api/a', 0), backend('web/a', 0), backend('api/b', 3)];
    expect(shownBackends(all).map(({ name, place }) => [name, place])).toEqual([
      ['api/a', 0],
      ['api/b', 2],
    ]);
  });

  it('is drawn in longer parts when it is long', () => {
    const seconds = secondsOf(logOf(), 3000, 2500);
    expect(partsOf(seconds, 2500, 5).map(({ atMs, widthMs }) => [atMs, widthMs])).toEqual([
      [0, 1000],
      [1000, 1000],
      [2000, 500],
    ]);
    const [first, last, ...more] = partsOf(seconds, 2500, 2);
    expect(first).toMatchObject({ atMs: 0, widthMs: 2000, requests: 20, failed: 1, attempts: [7, 13, 1], p99Ms: 19 });
    expect(last).toMatchObject({ atMs: 2000, widthMs: 500, requests: 10 });
    expect(more).toEqual([]);
    expect(partsOf([], 0, 5)).toEqual([]);
  });

  it.each([
    [{ outcome: 'passed' }, 'failed'],
    [{ outcome: 'stopped' }, 'stopped'],
    [{ outcome: 'running' }, 'running'],
  ] as const)('%j with an expectation that is not met: %s', (facts, outcome) => {
    expect(reportOf(facts).outcome).toBe(outcome);
  });

  it('has passed when there is nothing that was not met', () => {
    expect(reportOf({}, ['share(api/a) < 50%']).outcome).toBe('passed');
    expect(reportOf({}, []).outcome).toBe('passed');
  });

  it('adds up', () => {
    const report = reportOf();
    expect(report.totals).toMatchObject({ requests: 30, failed: 1, attempts: 31, retries: 1, rate: 10, maxMs: 19 });
    expect(report.backends.map(({ name, attempts, failures }) => [name, attempts, failures])).toEqual([
      ['api/a', 10, 1],
      ['api/b', 20, 0],
      ['api/new', 1, 0],
    ]);
    expect(report.failures).toEqual([{ atMs: 1500, reason: '502 RESET', tried: '' }]);
    expect(summaryOf(report)).toMatchObject({ requests: 30, failed: 1, expected: 2, met: 1, p99Ms: 19 });
  });
});

describe('the report as a file', () => {
  it('for a terminal', () => {
    expect(printReport({ ...reportOf(), name: 'Try' }, 'text')).toBe(`FAILED  Try  3.00 s  GET http://a.test/?a&b

  ✗ failed = 0          1
  ✓ share(api/a) < 50%  32.3 %

  30 requests at 10/s of 10/s · 1 failed · 1 retry · p50 14 ms, p95 19 ms, p99 19 ms, max 19 ms

  api/a    ▕▄▄▃▃▃▃▏ 32 % of 31, 1 failed
  api/b    ▕▅▅▆▆▆▆▏ 65 % of 31
  api/new  ▕  ▁▁  ▏ 3.2 % of 31

    1.00 s  :3003  SIGKILL (node, pid 1)
  set back: api/a: ready

    1.50 s  failed: 502 RESET
`);
  });

  it('for a browser: what was written in the drill stays text', () => {
    const page = printReport(reportOf(), 'html');
    expect(page).toContain('<h1>&lt;b&gt;&quot;Tom&quot; &amp; Jerry&#39;s&lt;/b&gt; ]]&gt;</h1>');
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;');
    for (const text of ['<script', '<b>', '\u0000']) expect(page).not.toContain(text);
  });

  it('for a CI server: a test case an expectation, an error when it did not end', () => {
    const xml = printReport(reportOf({ outcome: 'broken', problem: 'api/c is gone' }), 'junit');
    expect(xml).toContain('tests="3" failures="1" errors="1"');
    expect(xml).toContain('<error message="api/c is gone"/>');
    expect(xml).toContain('name="failed = 0"><failure message="measured 1"/>');
    for (const text of ['<b>', '\u0000']) expect(xml).not.toContain(text);
  });

  it('without a request, too', () => {
    const empty = { log: new DrillLog([]), returns: [], lastedMs: 0 };
    const report = buildReport({ ...FACTS, outcome: 'broken', elapsedMs: 0, steps: [] }, [], empty);
    for (const format of ['text', 'html', 'junit', 'json'] as const)
      expect(printReport(report, format)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
