/** Checks of targets that have Host apart from headers. */
import type { HealthCheckConfig } from '../contract/config.ts';

/** A Host among the headers counts before `host`; `host` absent: each backend's own. */
export function askedWith(check: HealthCheckConfig): { host: string | undefined; headers: [string, string][] } {
  const entries = Object.entries(check.headers);
  const isHost = ([name]: [string, string]) => name.toLowerCase() === 'host';
  const [, written] = entries.find(isHost) ?? [];
  return {
    host: written === undefined ? check.host : written || undefined,
    headers: entries.filter((entry) => !isHost(entry)),
  };
}
