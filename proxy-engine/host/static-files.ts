/** The renderer's build, for browsers. */
import { createReadStream, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.map': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** The page's own meta tag says the same and adds what only it needs; styles are inline because editors make style elements. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
  "media-src blob:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** On everything that the control port answers. */
export const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** The file of `directory` that `pathname` names, or null; never one outside of it. */
export function findFile(directory: string, pathname: string): string | null {
  try {
    const decoded = decodeURIComponent(pathname);
    const file = normalize(join(directory, decoded === '/' ? 'index.html' : decoded));
    if (!file.startsWith(normalize(directory + sep))) return null;
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
  } catch {
    return null; // no UTF-8, a NUL, or longer than names may be
  }
}

/** Built files carry a hash of their content in their name; the page itself is always asked for. */
export function sendFile(response: ServerResponse, file: string, withBody: boolean): void {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': statSync(file).size,
    'cache-control': file.endsWith('.html') ? 'no-store' : 'public, max-age=31536000, immutable',
  });
  if (withBody)
    createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  else response.end();
}
