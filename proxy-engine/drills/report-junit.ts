/** The report of a drill as JUnit XML: an expectation is a test case; a drill that did not end is an error of its own. */
import type { DrillReport } from '../contract/drill.ts';
import { textReport } from './report-text.ts';
import { escapeMarkup as esc } from './report-words.ts';

export function junitReport(report: DrillReport): string {
  const { name, outcome, problem, verdicts, elapsedMs, startedAt } = report;
  const broken = outcome === 'broken' || outcome === 'stopped';
  const cases = verdicts.map((verdict) => testCase(name, verdict));
  if (broken)
    cases.push(
      `    <testcase classname="${esc(name)}" name="the drill ran to its end"><error message="${esc(problem ?? outcome)}"/></testcase>`,
    );
  if (cases.length === 0) cases.push(`    <testcase classname="${esc(name)}" name="the drill ran to its end"/>`);
  const failures = verdicts.filter(({ passed }) => !passed).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${broken ? 1 : 0}" skipped="0"`;
  const time = `time="${(elapsedMs / 1000).toFixed(3)}" timestamp="${new Date(startedAt).toISOString().slice(0, 19)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${counts} time="${(elapsedMs / 1000).toFixed(3)}">
  <testsuite name="${esc(name)}" ${counts} ${time}>
${cases.join('\n')}
    <system-out>${esc(textReport(report))}</system-out>
  </testsuite>
</testsuites>
`;
}

function testCase(name: string, { text, passed, measured }: DrillReport['verdicts'][number]): string {
  const open = `    <testcase classname="${esc(name)}" name="${esc(text)}"`;
  return passed ? `${open}/>` : `${open}><failure message="${esc(`measured ${measured}`)}"/></testcase>`;
}
