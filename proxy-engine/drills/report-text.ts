/** The report of a drill for a terminal. */
import type { DrillReport } from '../contract/drill.ts';
import { showAt, showCount, showPercent, showTotals } from './report-words.ts';

const BARS = ' ▁▂▃▄▅▆▇█';
/** A longer drill is told in fewer, longer parts. */
const MAX_COLUMNS = 60;
/** A shorter one gets wider ones. */
const WIDE = 20;
const MAX_FAILURES = 10;

export function textReport(report: DrillReport): string {
  const { name, outcome, problem, elapsedMs, load } = report;
  const parts = [
    [`${outcome.toUpperCase()}  ${name}  ${showAt(elapsedMs)}  ${load.method} ${load.url}`],
    problem === undefined ? [] : [`  ${problem}`],
    verdictLines(report),
    [`  ${showTotals(report)}`],
    shareLines(report),
    stepLines(report),
    failureLines(report),
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function verdictLines({ verdicts }: DrillReport): string[] {
  const width = Math.max(0, ...verdicts.map(({ text }) => text.length));
  return verdicts.map(({ text, passed, measured }) => `  ${passed ? '✓' : '✗'} ${text.padEnd(width)}  ${measured}`);
}

/** A row a backend: its share second by second, its attempts, its share of all, its failures. */
function shareLines({ backends, seconds }: DrillReport): string[] {
  const shown = backends.flatMap((backend, place) => (backend.attempts > 0 ? [{ ...backend, place }] : []));
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const step = Math.ceil(seconds.length / MAX_COLUMNS);
  return shown.map(({ name, place, attempts, share, failures }) => {
    const bars = sharesOf(seconds, place, step).map((part) => barOf(part).repeat(seconds.length <= WIDE ? 2 : 1));
    const failed = failures > 0 ? `, ${showCount(failures)} failed` : '';
    return `  ${name.padEnd(width)}  ▕${bars.join('')}▏ ${showPercent(share)} of ${showCount(attempts / share)}${failed}`;
  });
}

function barOf(part: number): string {
  return BARS[Math.ceil(part * (BARS.length - 1))] ?? ' ';
}

function sharesOf(seconds: DrillReport['seconds'], place: number, step: number): number[] {
  const shares: number[] = [];
  for (let from = 0; from < seconds.length; from += step) {
    const part = seconds.slice(from, from + step);
    const all = part.reduce((sum, { attempts }) => sum + attempts.reduce((a, b) => a + b, 0), 0);
    const own = part.reduce((sum, { attempts }) => sum + (attempts[place] ?? 0), 0);
    shares.push(all === 0 ? 0 : own / all);
  }
  return shares;
}

function stepLines({ steps, restored }: DrillReport): string[] {
  const width = Math.max(0, ...steps.map(({ target }) => target.length));
  const lines = steps.map(({ atMs, doneMs, target, what, note }) => {
    const when = showAt(doneMs ?? atMs).padStart(10);
    return `${when}  ${target.padEnd(width)}  ${what}${note ? ` (${note})` : ''}${doneMs === undefined ? '  not done' : ''}`;
  });
  return restored.length > 0 ? [...lines, `  set back: ${restored.join(', ')}`] : lines;
}

function failureLines({ failures, totals }: DrillReport): string[] {
  const lines = failures.slice(0, MAX_FAILURES).map(({ atMs, reason, tried, exchange }) => {
    const where = [tried, exchange === undefined ? '' : `exchange ${exchange}`].filter((part) => part !== '');
    return `${showAt(atMs).padStart(10)}  failed: ${reason}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
  });
  const more = totals.failed - lines.length;
  return more > 0 && lines.length > 0 ? [...lines, `            and ${showCount(more)} more`] : lines;
}
