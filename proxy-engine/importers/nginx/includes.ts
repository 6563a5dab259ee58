/** `include`: what stands in other files, in its place where these are known. */
import { posix } from 'node:path';
import { isKnownFile } from './known-directives.ts';
import { type Directive, parseNginx } from './syntax.ts';

interface IncludedFile {
  /** Absent: it is the one that is imported. */
  name?: string;
  text: string;
}

/** Files of a name or of a pattern with `*`, `?` and `[…]`, by their names; null: nobody knows here what is in them. */
export type ReadIncluded = (pattern: string) => readonly IncludedFile[] | null;

/** A file that includes itself, or as good as. */
const DEEPEST = 16;

/** With what is in the files that it includes; one that nobody can read stays an `include`. */
export function parseWithIncluded(file: IncludedFile, read: ReadIncluded, depth = 0): Directive[] {
  const within = (block: readonly Directive[]): Directive[] =>
    block.flatMap((directive) => {
      const inner = directive.block ? { ...directive, block: within(directive.block) } : directive;
      return (depth < DEEPEST && included(inner)) || [inner];
    });
  const included = (directive: Directive): Directive[] | null => {
    const {
      name,
      words: [pattern = ''],
    } = directive;
    if (name !== 'include' || (isKnownFile(pattern) && !isProxyParams(pattern))) return null;
    const files = read(pattern);
    if (files) return files.flatMap((each) => parseWithIncluded(each, read, depth + 1));
    return isProxyParams(pattern) ? [directive, ...parseNginx(PROXY_PARAMS.text, PROXY_PARAMS.name)] : null;
  };
  return within(parseNginx(file.text, file.name));
}

function isProxyParams(file: string): boolean {
  return /(?:^|\/)proxy_params$/.test(file);
}

/** As Debian has it. */
const PROXY_PARAMS: IncludedFile = {
  name: 'proxy_params',
  text: `proxy_set_header Host $http_host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;`,
};

const HEADING = /^# configuration file (.+):$/gm;

/** What `nginx -T` prints: all files, the first one with the others in it; null: it is one file. */
export function dumpOf(text: string): { main: IncludedFile; read: ReadIncluded } | null {
  const headings = [...text.matchAll(HEADING)];
  const files = headings.map(({ 0: line, 1: name = '', index }, i) => ({
    name,
    text: text.slice(index + line.length + 1, headings[i + 1]?.index),
  }));
  const [main] = files;
  if (!main) return null;
  const read: ReadIncluded = (pattern) => {
    const named = globOf(posix.resolve(posix.dirname(main.name), pattern));
    const found = files.filter(({ name }) => named.test(name));
    return found.length > 0 || isGlob(pattern) ? found : null;
  };
  return { main, read };
}

export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** A star is no slash, nor a dot at the beginning of a name. */
export function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\[!?[^\]]+\]|[^]/g, (part, at: number) => {
    const isFirst = pattern[at - 1] === '/' || at === 0;
    if (part === '*') return `${isFirst ? '(?!\\.)' : ''}[^/]*`;
    if (part === '?') return '[^/]';
    return part.length > 1 ? part.replace('[!', '[^') : part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}
