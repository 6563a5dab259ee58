import type { ConfigEdit } from '../rules/config-store.ts';

/** The edits that make a listener, a pool and a route for these URLs (one a line); null when there is no URL. */
export function firstPoolEdits(urls: string, address: string): ConfigEdit[] | null {
  const lines = urls
    .split(/\s+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return null;
  const backends = lines.map((url, index) => ({ name: backendName(index), url }));
  return [
    { path: ['listeners', 'gateway'], value: { address: address.trim() } },
    { path: ['pools', 'api'], value: { backends } },
    { path: ['routes'], value: [{ name: 'all', pool: 'api' }] },
  ];
}

function backendName(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : `b${index + 1}`;
}
