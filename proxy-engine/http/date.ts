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
