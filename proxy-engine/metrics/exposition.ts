/**
 * The text format of Prometheus, version 0.0.4, printed from counters when it is asked for.
 * prom-client is no help here: its histograms take single observations, on the way of each request, and cannot be set at a scrape.
 * Its registry would print our counters as they are, but no more than the escapes below would go, for a print that takes five times as long
 * on the thread that carries the traffic, and 50 ms of every start.
 */
import type { Histogram } from './histogram.ts';

export type Labels = Readonly<Record<string, string>>;

interface FamilyHead {
  /** Without the `switchyard_` in front. */
  name: string;
  help: string;
}

export type MetricFamily =
  | (FamilyHead & { type: 'counter' | 'gauge'; samples: readonly { labels: Labels; value: number }[] })
  | (FamilyHead & { type: 'histogram'; samples: readonly { labels: Labels; value: Histogram }[] });

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Families without samples are left out. */
export function expositionText(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familyText(family: MetricFamily): string {
  const name = `switchyard_${family.name}`;
  const head = `# HELP ${name} ${escapeText(family.help)}\n# TYPE ${name} ${family.type}\n`;
  if (family.type === 'histogram')
    return head + family.samples.map(({ labels, value }) => histogramText(name, labels, value)).join('');
  return head + family.samples.map(({ labels, value }) => line(name, labelsText(labels), value)).join('');
}

/** Durations in seconds, buckets cumulative. */
function histogramText(name: string, labels: Labels, { boundsMs, counts, sumMs }: Histogram): string {
  const known = labelsText(labels);
  const before = known === '' ? '' : `${known},`;
  let text = '';
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    const bound = boundsMs[i];
    text += `${name}_bucket{${before}le="${bound === undefined ? '+Inf' : bound / 1000}"} ${total}\n`;
  }
  return text + line(`${name}_sum`, known, sumMs / 1000) + line(`${name}_count`, known, total);
}

/** `labels`: as `labelsText` gives them. */
function line(name: string, labels: string, value: number): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, text]) => `${key}="${escapeLabel(text)}"`)
    .join(',');
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeText(text).replaceAll('"', '\\"');
}
