/** Where the window's page lives, and who may speak for it. No Electron in here: pure functions. */
import { join, normalize, sep } from 'node:path';

export const UI_SCHEME = 'app';
export const UI_ORIGIN = `${UI_SCHEME}://switchyard`;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
};

/** `scheme://host[:port]` of an address; URL.origin is `null` for schemes the URL standard does not know. null: not an address. */
export function originOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return `${protocol}//${host}`;
  } catch {
    return null;
  }
}

/** The file under `root` that `address` names; null for another host and for every way out of `root`. */
export function fileOf(address: string, root: string): string | null {
  if (originOf(address) !== UI_ORIGIN) return null;
  const path = decodePath(new URL(address).pathname);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  return file.startsWith(root + sep) ? file : null;
}

function decodePath(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** Media type by extension; `application/octet-stream` for one that the build does not make. */
export function contentTypeOf(file: string): string {
  const extension = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  return CONTENT_TYPES[extension] ?? 'application/octet-stream';
}

/** Headers of every answer of the `app:` scheme. The page may connect to `channel` and to nothing else. */
export function pageHeaders(file: string, channel: string | null): Record<string, string> {
  return {
    'content-type': contentTypeOf(file),
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': contentSecurityPolicy(channel),
  };
}

/** Styles may be inline (the text editor makes style elements); scripts never are. */
export function contentSecurityPolicy(channel: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' blob: data:",
    'media-src blob:',
    `connect-src 'self'${channel === null ? '' : ` ${channel}`}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** An address that the system's browser may be asked to open. */
export function isWebAddress(address: string): boolean {
  const origin = originOf(address);
  return origin !== null && /^https?:\/\/./.test(origin);
}
