/** What a long session cost, as tables. */
import type { FrameFigures, PageFigures, Scrolled } from './capture-page.ts';
import { figure, table } from './table.ts';

export interface Asked {
  /** By the clock, until the answer was there. */
  ms: number;
  /** CPU time of the engine, with what else it did meanwhile: what the rest of the time went to other programs for. */
  cpuMs: number;
  /** The longest that somebody else had to wait for an answer meanwhile. */
  othersMs: number;
}

export interface Figures extends PageFigures {
  peer: string;
  exchanges: number;
  perSecond: number;
  residentMiB: number;
  /** While all was saved, opened and compared. */
  mostResidentMiB: number;
  diskMiB: number;
  /** From the start of the process to its first answer. */
  startMs: number;
  asked: Readonly<Record<string, Asked>>;
}

export function tableOf(all: readonly Figures[]): string {
  const head = [
    '',
    'exchanges',
    'recorded/s',
    'RSS MiB',
    'most RSS MiB',
    'disk MiB',
    'start ms',
    'page ms',
    'heap MiB',
  ];
  const rows = all.map((of) => [
    of.peer,
    ...[of.exchanges, of.perSecond, of.residentMiB, of.mostResidentMiB, of.diskMiB].map(figure),
    ...[of.startMs, of.openMs, of.heapMiB].map(figure),
  ]);
  return table(head, rows);
}

/** A line a question; of each that was asked, the time until its answer and what others waited meanwhile. */
export function questionsTableOf(all: readonly Figures[]): string {
  const those = all.filter(({ asked }) => Object.keys(asked).length > 0);
  const head = those.flatMap(({ exchanges }) => [`of ${figure(exchanges)}, ms`, 'CPU ms', 'others waited']);
  const questions = Object.keys(those[0]?.asked ?? {});
  const rows = questions.map((question) => [question, ...those.flatMap(({ asked }) => askedCells(asked[question]))]);
  return table(['asked', ...head], rows);
}

function askedCells(
  { ms, cpuMs, othersMs }: Asked = { ms: Number.NaN, cpuMs: Number.NaN, othersMs: Number.NaN },
): string[] {
  return [ms, cpuMs, othersMs].map(figure);
}

/**
 * Of a long frame of which the page's main thread needed little, the rest went to others that had the cores: what was measured and
 * what measured it (`own cores`), or, of which the figures say nothing, other programs and the machines beside this one.
 */
export function framesTableOf(all: readonly Figures[]): string {
  const head = [
    'scrolled, frames',
    'p99 ms',
    'worst ms',
    'over 50 ms',
    'own CPU p99 ms',
    'worst',
    'the longest: ms (own CPU)',
    'arrived/s',
    'own cores',
    "other programs'",
    'stolen',
  ];
  const rows = all.flatMap(({ peer, exchanges, scrolled }) =>
    scrolled.map((one) => [`${peer}, ${figure(exchanges)}, ${one.size.width} × ${one.size.height}`, ...cellsOf(one)]),
  );
  return table(head, rows);
}

function cellsOf({ frames, arrivedPerSecond, cores }: Scrolled): string[] {
  return [...frameCells(frames), ...[arrivedPerSecond, cores.own, cores.others, cores.stolen].map(figure)];
}

function frameCells({ p99Ms, worstMs, over50, cpuP99Ms, cpuWorstMs, longest }: FrameFigures): string[] {
  const shown = longest.map(({ ms, cpuMs }) => `${figure(ms)} (${figure(cpuMs)})`).join(', ');
  return [figure(p99Ms), figure(worstMs), String(over50), figure(cpuP99Ms), figure(cpuWorstMs), shown];
}
