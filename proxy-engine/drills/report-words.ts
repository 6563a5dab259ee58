/** How numbers of a report are told, the same in every format. */
import type { DrillReport } from '../contract/drill.ts';
import { showMs } from './verdict.ts';

/** `2.00 s` */
export function showAt(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

export function showCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function showPercent(part: number): string {
  const percent = part * 100;
  return `${percent > 0 && percent < 10 ? Math.max(0.1, Math.round(percent * 10) / 10) : Math.round(percent)} %`;
}

/** What was sent and what came of it, in one line. */
export function showTotals({ totals, load }: DrillReport): string {
  return [
    `${showCount(totals.requests)} requests at ${Math.round(totals.rate * 10) / 10}/s of ${Math.round(load.rate * 10) / 10}/s`,
    `${showCount(totals.failed)} failed`,
    `${showCount(totals.retries)} ${totals.retries === 1 ? 'retry' : 'retries'}`,
    `p50 ${showMs(totals.p50Ms)}, p95 ${showMs(totals.p95Ms)}, p99 ${showMs(totals.p99Ms)}, max ${showMs(totals.maxMs)}`,
  ].join(' · ');
}

/** For XML and HTML, in text and in quoted attributes. What XML 1.0 §2.2 does not allow is left out. */
export function escapeMarkup(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
