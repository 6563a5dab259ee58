/** The report of a drill as one HTML file that needs nothing else: both themes, charts as SVG, no script. */
import type { DrillOutcome, DrillReport } from '../contract/drill.ts';
import { shownBackends } from '../contract/drill-view.ts';
import { backendColor, failureChart, latencyChart, shareChart } from './report-charts.ts';
import { REPORT_STYLE } from './report-style.ts';
import { escapeMarkup as esc, showAt, showCount, showPercent } from './report-words.ts';
import { showMs } from './verdict.ts';

const OUTCOMES: Record<DrillOutcome, string> = {
  running: 'Running',
  passed: 'Passed',
  failed: 'Failed',
  stopped: 'Stopped',
  broken: 'Could not run to its end',
};

export function htmlReport(report: DrillReport): string {
  const { name, outcome, problem, startedAt, elapsedMs, load } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${esc(`${OUTCOMES[outcome]}: ${name}`)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${esc(name)}</h1>
<p class="outcome ${outcome}">${OUTCOMES[outcome]}</p>
<p class="facts">${esc(new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19))} UTC · ${showAt(elapsedMs)} · ${esc(load.method)} <code>${esc(load.url)}</code> at ${esc(String(Math.round(load.rate * 10) / 10))}/s over ${load.connections} connections</p>
${problem === undefined ? '' : `<p class="problem">${esc(problem)}</p>`}
</header>
${tiles(report)}
${verdictTable(report)}
<section class="charts">
<h2>Share of attempts</h2>
${legend(report)}
${shareChart(report)}
<h2>Latency</h2>
<p class="legend"><span><i class="p50-swatch"></i>p50</span><span><i class="p99-swatch"></i>p99</span><span>from the moment a request was due</span></p>
${latencyChart(report)}
<h2>Failures</h2>
${failureChart(report)}
</section>
${backendTable(report)}
${stepTable(report)}
${failureTable(report)}
<details><summary>The drill</summary><pre>${esc(report.document)}</pre></details>
</main>
</body>
</html>
`;
}

function tiles({ totals, verdicts }: DrillReport): string {
  const met = verdicts.filter(({ passed }) => passed).length;
  const entries: [string, string, string?][] = [
    ['Expectations met', `${met} of ${verdicts.length}`],
    ['Requests', showCount(totals.requests), `${Math.round(totals.rate * 10) / 10}/s`],
    ['Failed', showCount(totals.failed), totals.requests > 0 ? showPercent(totals.failed / totals.requests) : ''],
    ['Retries', showCount(totals.retries)],
    ['p50 · p99', `${showMs(totals.p50Ms)} · ${showMs(totals.p99Ms)}`, `max ${showMs(totals.maxMs)}`],
  ];
  const list = entries.map(
    ([label, value, more = '']) => `<div><dt>${esc(label)}</dt><dd>${esc(value)}<small>${esc(more)}</small></dd></div>`,
  );
  return `<dl class="tiles">${list.join('')}</dl>`;
}

function verdictTable({ verdicts }: DrillReport): string {
  if (verdicts.length === 0)
    return '<p class="facts">The drill expects nothing: it passes when it runs to its end.</p>';
  const rows = verdicts.map(
    ({ text, passed, measured }) =>
      `<tr class="${passed ? 'met' : 'unmet'}"><td>${passed ? '✓ met' : '✗ not met'}</td><td><code>${esc(text)}</code></td><td>${esc(measured)}</td></tr>`,
  );
  return table('Expectations', ['', 'Expected', 'Measured'], rows);
}

function legend({ backends }: DrillReport): string {
  const items = shownBackends(backends).map(
    ({ name, place }) => `<span><i style="background:${backendColor(place)}"></i>${esc(name)}</span>`,
  );
  return `<p class="legend">${items.join('')}</p>`;
}

function backendTable({ backends }: DrillReport): string {
  const rows = shownBackends(backends).map(
    ({ name, attempts, share, failures, place }) =>
      `<tr><td><i style="background:${backendColor(place)}"></i>${esc(name)}</td><td class="number">${showCount(attempts)}</td><td class="number">${showPercent(share)}</td><td class="number">${showCount(failures)}</td><td class="number">${attempts > 0 ? showPercent(failures / attempts) : '–'}</td></tr>`,
  );
  return table('Backends', ['Backend', '#Attempts', '#Share of its pool', '#Failed', '#Error rate'], rows);
}

function stepTable({ steps, restored }: DrillReport): string {
  if (steps.length === 0) return '';
  const rows = steps.map(
    ({ atMs, doneMs, target, what, note }) =>
      `<tr><td class="time">${showAt(atMs)}</td><td class="time">${doneMs === undefined ? 'not done' : showAt(doneMs)}</td><td>${esc(target)}</td><td>${esc(what)}${note ? ` <small>${esc(note)}</small>` : ''}</td></tr>`,
  );
  const back = restored.length > 0 ? `<p class="facts">Set back at the end: ${esc(restored.join(', '))}</p>` : '';
  return table('Timeline', ['Planned', 'Done', 'What', 'Becomes'], rows) + back;
}

/** More are folded. */
const OPEN_FAILURES = 20;

function failureTable({ failures, totals }: DrillReport): string {
  if (failures.length === 0) return '';
  const rows = failures.map(
    ({ atMs, reason, tried, exchange }) =>
      `<tr><td class="time">${showAt(atMs)}</td><td>${esc(reason)}</td><td>${esc(tried || '–')}</td><td class="number">${exchange ?? '–'}</td></tr>`,
  );
  const title =
    totals.failed > failures.length
      ? `The first ${failures.length} of ${showCount(totals.failed)} failed requests`
      : 'Failed requests';
  const headings = ['At', 'The client saw', 'Backends tried', '#Exchange'];
  const more = rows.slice(OPEN_FAILURES);
  const folded = `<details><summary>${more.length} more</summary>${rawTable(headings, more)}</details>`;
  return table(title, headings, rows.slice(0, OPEN_FAILURES)) + (more.length > 0 ? folded : '');
}

function table(title: string, headings: readonly string[], rows: readonly string[]): string {
  return `<section><h2>${esc(title)}</h2>${rawTable(headings, rows)}</section>`;
}

/** `#` before a heading: its column is numbers. */
function rawTable(headings: readonly string[], rows: readonly string[]): string {
  const head = headings.map((text) =>
    text.startsWith('#')
      ? `<th scope="col" class="number">${esc(text.slice(1))}</th>`
      : `<th scope="col">${esc(text)}</th>`,
  );
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
