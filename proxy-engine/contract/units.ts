import { z } from 'zod';

const DURATION_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const BANDWIDTH_BYTES_PER_SECOND = { bps: 1 / 8, kbps: 125, Mbps: 125_000, Gbps: 125_000_000 } as const;

function quantity<U extends string>(what: string, units: Record<U, number>, example: string) {
  const names = Object.keys(units).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`^(\\d+(?:\\.\\d+)?)(${names.join('|')})$`);
  return z
    .string({ error: (issue) => `expected a ${what} with a unit, such as ${example}, found ${describe(issue.input)}` })
    .regex(pattern, { error: (issue) => `expected a ${what} such as ${example}, found ${describe(issue.input)}` })
    .transform((text) => {
      const match = pattern.exec(text);
      return match ? Math.round(Number(match[1]) * units[match[2] as U]) : 0;
    });
}

function describe(input: unknown): string {
  return input === undefined ? 'nothing' : JSON.stringify(input);
}

/** `250ms`, `2s`, `1m`, `1h`, `7d` → milliseconds. */
export const duration = quantity('duration', DURATION_MS, '250ms, 2s or 1m');

/** `512B`, `64KiB`, `10MiB`, `2GiB` → bytes. */
export const size = quantity('size', SIZE_BYTES, '64KiB or 10MiB');

/** `750kbps`, `1.5Mbps` → bytes per second. Over none nothing would ever come; no limit is told by leaving it out. */
export const bandwidth = quantity('bandwidth', BANDWIDTH_BYTES_PER_SECOND, '1.5Mbps or 750kbps').refine(
  (bytesPerSecond) => bytesPerSecond > 0,
  { error: 'expected at least 8bps' },
);

/** `50/s`, `100/m` → requests per second (nginx `limit_req` rate). */
export const rate = z
  .string({ error: (issue) => `expected a rate such as 50/s or 100/m, found ${describe(issue.input)}` })
  .regex(/^0*[1-9]\d*\/[sm]$/, { error: 'expected a rate such as 50/s or 100/m' })
  .transform((text) => Number.parseInt(text, 10) / (text.endsWith('s') ? 1 : 60));
