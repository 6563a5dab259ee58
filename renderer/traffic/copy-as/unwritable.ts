import { type CopiedRequest, isArgument, splitUrl } from './copied-request.ts';
import { type CopyTarget, LIBRARY_TARGETS } from './targets.ts';

/** Why a program or language cannot be given a request at all. */
export type Unwritable = 'asterisk' | 'names' | 'values' | 'length';

/** These send a request target as it is written, `*` too. */
const EXACT: ReadonlySet<CopyTarget> = new Set(['curl', 'ruby', 'c']);
/** Names that mean nothing else in any language: a token of HTTP may also hold quotes, `$`, `|` and `&` (RFC 9110 §5.6.2). */
const PLAIN = /^\w[\w.-]*$/;

/** They refuse values of headers beyond ASCII, or lose them. */
const ASCII_ONLY: ReadonlySet<CopyTarget> = new Set(['axios', 'java', 'powershell']);

/** Of the library's, these are commands, which are given a body among their words. */
const COMMANDS: ReadonlySet<CopyTarget> = new Set(['wget', 'httpie']);

/** null: it can be written. */
export function unwritable(target: CopyTarget, { method, url, headers, body }: CopiedRequest): Unwritable | null {
  if (splitUrl(url).target === '*' && !EXACT.has(target)) return 'asterisk';
  if (!isLibrary(target)) return null;
  const isPlain = PLAIN.test(method) && headers.every(([name]) => PLAIN.test(name));
  // HTTPie takes any other word before the URL for the URL.
  const isMethod = target !== 'httpie' || /^[a-z]+$/i.test(method);
  if (!isPlain || !isMethod) return 'names';
  if (COMMANDS.has(target) && body && 'text' in body && !isArgument(body)) return 'length';
  const isAscii = headers.every(([, value]) => !/[^\t -~]/.test(value));
  return isAscii || !ASCII_ONLY.has(target) ? null : 'values';
}

/** Whether the program itself writes the URL anew: without dots, or with other characters percent-encoded. */
export function isRewritten(copyTarget: CopyTarget, url: string): boolean {
  const { target } = splitUrl(url);
  if (EXACT.has(copyTarget) || target === '') return false;
  if (copyTarget === 'python') return /%(?![0-9a-f]{2})|[^!-~]|["<>\\^`{|}]|\/\.\.?(?:[/?]|$)/i.test(target);
  if (isLibrary(copyTarget) && /["'<>\\^`{|}]/.test(target)) return true;
  const { pathname, search } = new URL(target.replace(/^(?!\/)/, '/'), 'http://any');
  return pathname + search !== target;
}

function isLibrary(target: CopyTarget): boolean {
  return (LIBRARY_TARGETS as readonly CopyTarget[]).includes(target);
}
