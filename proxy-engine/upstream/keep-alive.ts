/** Stopping this long before the backend does: a request must not meet a connection that is being closed. */
const MARGIN_MS = 1000;

/**
 * How long a connection may idle by the `Keep-Alive: timeout=5` (seconds) of a response: less than the backend says.
 * Infinity: it says nothing.
 */
export function keepAliveMs(header: string | undefined): number {
  const seconds = header === undefined ? undefined : /(?:^|[,;\s])timeout\s*=\s*"?(\d+)/i.exec(header)?.[1];
  if (seconds === undefined) return Number.POSITIVE_INFINITY;
  const ms = Number(seconds) * 1000;
  return Math.max(ms - MARGIN_MS, ms / 2);
}
