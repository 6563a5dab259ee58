/** Files that answer for a backend (`mapLocal`): found below a directory, and never outside it. */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { fromWire } from '../match/wire-text.ts';
import type { LocalSource } from './effects.ts';

/** `found`: whoever gets it closes the handle. `directory`: asked for without the slash behind it. `pass`: as if the rule had not been there. */
export type LocalAnswer =
  | { kind: 'found'; file: FileHandle; sizeBytes: number; contentType: string }
  | { kind: 'directory' }
  | { kind: 'not-found'; reason: string }
  | { kind: 'pass' };

/** Looks the sources up in order; the first that has the file, or that does not let a missing one pass, decides. */
export async function openLocal(sources: readonly LocalSource[]): Promise<LocalAnswer> {
  for (const source of sources) {
    const answer = source.kind === 'file' ? await openFile(source.path) : await openBelow(source);
    if (answer.kind !== 'pass') return answer;
  }
  return { kind: 'pass' };
}

const LEADS_OUT: LocalAnswer = { kind: 'not-found', reason: 'a link leads out of the directory' };

async function openBelow(source: Extract<LocalSource, { kind: 'directory' }>): Promise<LocalAnswer> {
  const { root, path, missing } = source;
  if (leavesDirectory(path)) return { kind: 'not-found', reason: 'the path leaves the directory' };
  const segments = safeSegments(path);
  const absent: LocalAnswer = missing === 'pass' ? { kind: 'pass' } : { kind: 'not-found', reason: 'no such file' };
  const realRoot = await realpath(root).catch(() => null);
  const wanted = realRoot && segments && (await realpath(join(realRoot, ...segments)).catch(() => null));
  if (!realRoot || !wanted) return absent;
  if (!isInside(realRoot, wanted)) return LEADS_OUT;
  const answer = await openFile(wanted);
  // A slash behind the name of a file asks for something else.
  if (answer.kind === 'found' && !path.endsWith('/')) return answer;
  if (answer.kind === 'found') await answer.file.close();
  const page = source.index ? await openIndex(realRoot, wanted) : null;
  if (page?.kind !== 'found') return page ?? absent;
  if (path.endsWith('/')) return page;
  await page.file.close();
  return { kind: 'directory' };
}

/** null: there is none. */
async function openIndex(realRoot: string, directory: string): Promise<LocalAnswer | null> {
  const path = await realpath(join(directory, 'index.html')).catch(() => null);
  if (path === null) return null;
  if (!isInside(realRoot, path)) return LEADS_OUT;
  const page = await openFile(path);
  return page.kind === 'found' ? page : null;
}

/** Only regular files: opening a pipe or a device could wait for ever. */
async function openFile(path: string): Promise<LocalAnswer> {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  const file = await open(path, O_RDONLY | O_NONBLOCK).catch(() => null);
  if (file === null) return { kind: 'not-found', reason: 'the file cannot be opened' };
  const stat = await file.stat();
  if (stat.isFile()) return { kind: 'found', file, sizeBytes: stat.size, contentType: contentTypeOf(path) };
  await file.close();
  return { kind: 'not-found', reason: 'not a regular file' };
}

/** Whether dot segments of the path lead above where it begins, however slashes and dots in it are written, also when it were decoded again. */
export function leavesDirectory(path: string): boolean {
  const plain = path.replaceAll(/%(?:25)?(2e|2f|5c)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  let depth = 0;
  for (const segment of plain.split(/[/\\]/)) {
    if (segment === '..') depth--;
    else if (segment !== '' && segment !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/**
 * The segments of a request path, decoded once; null when no file can have that path: dot segments, NUL, backslashes, drive letters,
 * empty segments, what is not UTF-8, and what would become one of these if it were decoded again.
 */
export function safeSegments(path: string): string[] | null {
  const decoded = decode(fromWire(path));
  if (decoded === null || /[\0\\]|%(?:2e|2f|5c|00)/i.test(decoded)) return null;
  const segments = decoded.replace(/^\//, '').split('/');
  if (segments.at(-1) === '') segments.pop();
  const unsafe = (segment: string) => segment === '' || segment === '.' || segment === '..' || /^[a-z]:/i.test(segment);
  return segments.some(unsafe) ? null : segments;
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.gif': 'image/gif',
  '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/** The media type of a file by its extension. */
export function contentTypeOf(path: string): string {
  return CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}
