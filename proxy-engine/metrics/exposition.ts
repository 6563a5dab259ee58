/** The text format of Prometheus, version 0.0.4. */
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
  return head + family.samples.map(({ labels, value }) => line(name, labels, value)).join('');
}

/** Durations in seconds, buckets cumulative. */
function histogramText(name: string, labels: Labels, { boundsMs, counts, sumMs }: Histogram): string {
  let text = '';
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    const bound = boundsMs[i];
    text += line(`${name}_bucket`, { ...labels, le: bound === undefined ? '+Inf' : String(bound / 1000) }, total);
  }
  return text + line(`${name}_sum`, labels, sumMs / 1000) + line(`${name}_count`, labels, total);
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeText(text).replaceAll('"', '\\"');
}
