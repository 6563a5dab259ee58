import type { Headers } from './headers.ts';

let second = -1;
let text = '';

/** A time as `Date` says it (RFC 9110 §5.6.7); made once a second. */
export function httpDate(epochMs: number): string {
  const now = Math.floor(epochMs / 1000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1000).toUTCString();
  }
  return text;
}

/** An answer says when it was made (RFC 9110 §6.6.1), unless it says so already. */
export function addDate(headers: Headers, epochMs: number): void {
  if (!headers.has('date')) headers.append('Date', httpDate(epochMs));
}
