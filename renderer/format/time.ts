/** 14:02:07.218 in the time zone of this machine. */
export function formatClock(epochMs: number): string {
  const date = new Date(epochMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** When something began, as short as can be: the time today, with the day this year, else the day. `now`: epoch milliseconds. */
export function formatMoment(epochMs: number, now: number): string {
  const [date, today] = [new Date(epochMs), new Date(now)];
  const isThisYear = date.getFullYear() === today.getFullYear();
  if (isThisYear && date.getMonth() === today.getMonth() && date.getDate() === today.getDate())
    return formatClock(epochMs);
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (!isThisYear) return `${date.getFullYear()}-${day}`;
  return `${day} ${formatClock(epochMs).slice(0, 8)}`;
}

/** 2026-11-29 14:02:07.218 in the time zone of this machine. */
export function formatFullTime(epochMs: number): string {
  return `${formatDay(epochMs).slice(0, 10)} ${formatClock(epochMs)}`;
}

/** 2026-11-29 14:02 in the time zone of this machine. */
export function formatDay(epochMs: number): string {
  const date = new Date(epochMs);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Whole seconds until `epochMs`, at least 1 while it lies ahead. */
export function secondsUntil(epochMs: number, now: number): number {
  return Math.max(1, Math.ceil((epochMs - now) / 1000));
}
