/** Charts of a report as inline SVG; colours are CSS variables of the page around. */
import type { DrillReport } from '../contract/drill.ts';
import { type DrillPart, partsOf } from '../contract/drill-view.ts';
import { escapeMarkup as esc } from './report-words.ts';
import { showMs } from './verdict.ts';

const WIDTH = 1000;
const HEIGHT = 160;
const LEFT = 56;
const BOTTOM = 22;
const TOP = 8;
/** Narrower ones could not be told apart. */
const MAX_COLUMNS = 240;

function columnsOf({ seconds, durationMs, elapsedMs }: DrillReport): DrillPart[] {
  return partsOf(seconds, Math.min(durationMs, elapsedMs), MAX_COLUMNS);
}

export function backendColor(place: number): string {
  return `var(--series-${place % 8})`;
}

/** From seconds and values to places in the picture. */
class Scale {
  readonly seconds: number;
  readonly max: number;
  constructor(seconds: number, max: number) {
    this.seconds = Math.max(1, seconds);
    this.max = Math.max(max, Number.MIN_VALUE);
  }
  x(second: number): number {
    return round(LEFT + (second / this.seconds) * (WIDTH - LEFT));
  }
  y(value: number): number {
    return round(HEIGHT - BOTTOM - (value / this.max) * (HEIGHT - BOTTOM - TOP));
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Each backend's part of the attempts of each second, stacked. */
export function shareChart(report: DrillReport): string {
  const scale = new Scale(report.durationMs / 1000, 1);
  const bars = columnsOf(report).flatMap((part) => shareColumn(part, scale));
  return picture('Share of attempts by backend, second by second', bars, report, scale, (value) => `${value * 100} %`);
}

function shareColumn(part: DrillPart, scale: Scale): string[] {
  const { attempts } = part;
  const all = attempts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return attempts.flatMap((count, place) => {
    if (count === 0) return [];
    const from = below;
    below += count / all;
    return [column(part, from, below, backendColor(place), scale)];
  });
}

function column({ atMs, widthMs }: DrillPart, from: number, to: number, color: string, scale: Scale): string {
  const x = scale.x(atMs / 1000);
  const width = round(Math.max(0.5, scale.x((atMs + widthMs) / 1000) - x - 1));
  return `<rect x="${x}" y="${scale.y(to)}" width="${width}" height="${round(scale.y(from) - scale.y(to))}" style="fill:${color}"/>`;
}

export function latencyChart(report: DrillReport): string {
  const parts = columnsOf(report);
  const scale = new Scale(report.durationMs / 1000, niceTop(Math.max(1, ...parts.map(({ p99Ms = 0 }) => p99Ms))));
  const lines = [line(parts, 'p99Ms', 'p99', scale), line(parts, 'p50Ms', 'p50', scale)];
  return picture('Latency, p50 and p99 of each second', lines, report, scale, showMs);
}

function line(parts: readonly DrillPart[], key: 'p50Ms' | 'p99Ms', name: string, scale: Scale): string {
  const points = parts.flatMap((part) => {
    const value = part[key];
    return value === undefined ? [] : [`${scale.x((part.atMs + part.widthMs / 2) / 1000)},${scale.y(value)}`];
  });
  return `<polyline class="${name}" points="${points.join(' ')}"/>`;
}

/** Failed attempts by backend, and failed requests in front of them. */
export function failureChart(report: DrillReport): string {
  const parts = columnsOf(report);
  const most = Math.max(...parts.map(({ failed, failures }) => Math.max(failed, sum(failures))));
  const scale = new Scale(report.durationMs / 1000, niceTop(Math.max(4, most)));
  const bars = parts.flatMap((part) => {
    const { failures, failed } = part;
    let below = 0;
    const stack = failures.flatMap((count, place) => {
      if (count === 0) return [];
      below += count;
      return [column(part, below - count, below, backendColor(place), scale)];
    });
    return failed > 0
      ? [
          ...stack,
          `<path class="failed" d="M${scale.x(part.atMs / 1000)} ${scale.y(failed)}H${scale.x((part.atMs + part.widthMs) / 1000)}"/>`,
        ]
      : stack;
  });
  return picture('Failed attempts by backend; a line where requests failed', bars, report, scale, String);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** 1, 2, 4 or 10 times a power of ten: quarters of it are round, too. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function picture(
  label: string,
  content: readonly string[],
  { steps }: DrillReport,
  scale: Scale,
  format: (value: number) => string,
): string {
  const values = [0, 0.5, 1].map((part) => {
    const y = scale.y(part * scale.max);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${esc(format(part * scale.max))}</text>`;
  });
  const marks = steps.map(({ atMs, doneMs, target, what }) => {
    const x = scale.x((doneMs ?? atMs) / 1000);
    return `<g class="mark"><line x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><title>${esc(`${target}: ${what}`)}</title></g>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${esc(label)}">${values.join('')}${content.join('')}${marks.join('')}${times(scale)}</svg>`;
}

function times(scale: Scale): string {
  const every = [1, 2, 5, 10, 30, 60, 120, 300, 600].find((step) => scale.seconds / step <= 12) ?? 1200;
  const labels: string[] = [];
  for (let at = 0; at <= scale.seconds; at += every) {
    const anchor = at === 0 ? 'start' : at + every > scale.seconds && at >= scale.seconds - 0.01 ? 'end' : 'middle';
    labels.push(`<text x="${scale.x(at)}" y="${HEIGHT - 5}" text-anchor="${anchor}">${at} s</text>`);
  }
  return labels.join('');
}
