import type { BackendConfig } from '../contract/config.ts';

/** What a backend is called: by its `name`, or without one by host and port of its URL, IPv6 in brackets. Throws when that is no URL. */
export function backendName({ name, url }: Pick<BackendConfig, 'name' | 'url'>): string {
  if (name !== undefined) return name;
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
