/** The host of an authority in lower case and without brackets, and its port; null when it is not `host[:port]` (RFC 3986 §3.2). */
export function parseAuthority(text: string): { host: string; port: number | null } | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._~!$&'()*+,;=%-]+))(?::(\d{1,5}))?$/i.exec(text);
  if (!match) return null;
  const port = match[3] === undefined ? null : Number(match[3]);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  return { host: (match[1] ?? match[2] ?? '').toLowerCase(), port };
}

/** What is wrong with a text that is none. */
export function notAnAuthority(text: string): string {
  return `expected a host such as api.test or api.test:8080, found ${JSON.stringify(text)}`;
}
