/**
 * A backend's name in little room. Those without a name of their own are called host:port (the default of the config): of
 * backends on this machine the port alone tells which is meant.
 */
export function shortBackendName(name: string): string {
  return /^(?:127(?:\.\d+){3}|localhost|\[::1\])(:\d+)$/.exec(name)?.[1] ?? name;
}

/** With the pool that it was picked from; where an exchange went to without one, its address. undefined: it went nowhere. */
export function wholeBackendName({ pool, backend }: { pool?: string; backend?: string }): string | undefined {
  return pool === undefined || backend === undefined ? backend : `${pool}/${backend}`;
}
