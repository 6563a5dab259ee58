import type { ConfigEdit } from '../../proxy-engine/contract/config-edit.ts';
import { backendUrl } from '../format/backend-url.ts';

/** Names that are taken. */
export interface KnownNames {
  listeners: readonly string[];
  routes: readonly string[];
}

/** The edits that make a listener, a pool and a route for these URLs (one a line); null when there is no URL. */
export function firstPoolEdits(urls: string, address: string, known: KnownNames): ConfigEdit[] | null {
  const lines = linesOf(urls);
  if (lines.length === 0) return null;
  const backends = lines.map((url, index) => ({ name: backendName(index), url }));
  return [
    { path: ['listeners', freeName('gateway', known.listeners)], value: { address: address.trim() } },
    { path: ['pools', 'api'], value: { backends } },
    { insert: 'routes', value: { name: freeName('all', known.routes), pool: 'api' } },
  ];
}

/** What the engine found, by the field of the form that it is about; '': by none of them. */
export function mistakesByField(
  issues: readonly { path: string; message: string }[],
): Partial<Record<'address' | 'urls' | '', string>> {
  const found: Partial<Record<'address' | 'urls' | '', string>> = {};
  for (const { path, message } of issues) {
    const field = path.startsWith('listeners.') ? 'address' : path.startsWith('pools.api.backends') ? 'urls' : '';
    const text = field === '' && path !== '' ? `${path}: ${message}` : message;
    found[field] = found[field] === undefined ? text : `${found[field]}\n${text}`;
  }
  return found;
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let n = 2; taken.includes(free); n++) free = `${name}-${n}`;
  return free;
}

/** The URLs of a text that has one a line; what is none stays as it is, for the engine to tell. */
export function linesOf(urls: string): string[] {
  const lines = urls.split(/\s+/).filter((line) => line !== '');
  return lines.map((line) => backendUrl(line) ?? line);
}

/** `urls` with one more line, or without it when it is there. */
export function withOrWithout(urls: string, url: string): string {
  const lines = linesOf(urls);
  return (lines.includes(url) ? lines.filter((line) => line !== url) : [...lines, url]).join('\n');
}

function backendName(index: number): string {
  return index < 26 ? String.fromCharCode(97 + index) : `b${index + 1}`;
}

/** The first port from 8080 on that is not among `taken`. */
export function freePort(taken: readonly number[]): number {
  let port = 8080;
  while (taken.includes(port)) port++;
  return port;
}
