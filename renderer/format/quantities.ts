/** Numbers as people read them, the same everywhere. Formatters are made once: making them is what costs. */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** 12 s, 1.24 s, 41.8 ms, 0.40 ms: three digits that matter. */
export function formatDuration(ms: number): string {
  if (ms < 0) return '–';
  if (ms < 9.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 9995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** 38 ms: for percentiles, whose digits after the point say nothing. */
export function formatLatency(ms: number): string {
  if (!(ms > 0)) return '–';
  return ms < 9.95 ? `${ms.toFixed(1)} ms` : ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** 0.5 ms, 250 ms, 1.5 s, 2 min: a step of an axis, in as few letters as it can be. */
export function formatLatencyStep(ms: number): string {
  if (ms < 1000) return `${round(ms, 1)} ms`;
  return ms < 120_000 ? `${round(ms / 1000, 2)} s` : `${round(ms / 60_000, 2)} min`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1024 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 || value >= 100 ? Math.round(value).toString() : value.toFixed(1);
  return `${text} ${SIZE_UNITS[unit]}`;
}

export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0 /s';
  if (perSecond < 10) return `${perSecond.toFixed(1)} /s`;
  return `${formatCount(Math.round(perSecond))} /s`;
}

/** `part` of `all` as a percentage: `66 %`, `0.4 %`; a dash when there is no whole. */
export function formatShare(part: number, all: number): string {
  if (!(all > 0)) return '–';
  const percent = (part / all) * 100;
  if (percent === 0) return '0 %';
  return percent < 1 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}
