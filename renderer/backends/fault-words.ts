import type { Fault } from '../../proxy-engine/contract/state.ts';
import type { Messages } from '../i18n/messages.ts';

const DEFAULT_STATUS = 503;

/** A fault in the words of the window's language: `+200 ± 50 ms, 30 % 503`. */
export function faultWords(fault: Fault, { faultPart: part }: Messages['pools']): string {
  const { latencyMs = 0, jitterMs = 0, errorPercent, status, reset, bandwidthBytesPerSecond, percent = 100 } = fault;
  const parts = [
    fault.blackhole && part.blackhole,
    latencyMs + jitterMs > 0 && part.latency(latencyMs, jitterMs),
    (errorPercent ?? status) !== undefined && part.errors(errorPercent ?? 100, status ?? DEFAULT_STATUS),
    reset && part.reset[reset],
    fault.truncate && part.truncate,
    bandwidthBytesPerSecond !== undefined && part.bandwidth((bandwidthBytesPerSecond * 8) / 1000),
    percent < 100 && part.percent(percent),
  ];
  return parts.filter((word) => typeof word === 'string').join(part.and);
}
