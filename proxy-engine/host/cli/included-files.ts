/** Files that a configuration of nginx includes, as they lie on this machine. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { globOf, isGlob, type ReadIncluded } from '../../importers/nginx/includes.ts';

const LARGEST_BYTES = 4 * 1024 * 1024;

/** Where nginx has its files: names that begin so are meant below the main file, wherever that was copied to. */
const PREFIXES = ['/etc/nginx', '/usr/local/nginx/conf', '/usr/local/etc/nginx', '/opt/homebrew/etc/nginx'];

/**
 * Names are looked for as nginx does it: below the directory of its main file, which is that of `file` or the one around it. Only
 * what nginx itself reads on this machine may lie elsewhere: a file from afar must not have others read.
 */
export function includedBy(file: string): ReadIncluded {
  const own = dirname(resolve(file));
  const around = dirname(own);
  const bases = [own, ...(existsSync(join(around, 'nginx.conf')) ? [around] : [])];
  return (pattern) => bases.map((base) => readBelow(base, pattern)).find((files) => files !== null) ?? null;
}

function readBelow(base: string, pattern: string): ReturnType<ReadIncluded> {
  const isOwn = PREFIXES.includes(base);
  const prefix = isOwn ? undefined : PREFIXES.find((each) => pattern.startsWith(`${each}/`));
  const path = resolve(base, prefix === undefined ? pattern : pattern.slice(prefix.length + 1));
  return isOwn || path.startsWith(join(base, '/')) ? read(path) : null;
}

/** null: there is no such file, or not even the directory. */
function read(path: string): ReturnType<ReadIncluded> {
  const directory = dirname(path);
  if (!isGlob(basename(path))) return textsOf([path]);
  if (isGlob(directory) || !existsSync(directory)) return null;
  const named = globOf(basename(path));
  const names = readdirSync(directory).filter((name) => named.test(name));
  return textsOf(names.toSorted().map((name) => join(directory, name)));
}

function textsOf(paths: readonly string[]): ReturnType<ReadIncluded> {
  try {
    const isText = paths.map((path) => statSync(path)).every((found) => found.isFile() && found.size <= LARGEST_BYTES);
    return isText ? paths.map((name) => ({ name, text: readFileSync(name, 'utf8') })) : null;
  } catch {
    return null;
  }
}
