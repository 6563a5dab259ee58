/** Passwords in the URLs of a document: of upstream proxies, of databases with shared rules, of anything else. */
import { isScalar, Lexer, parseDocument, type Scalar, visit } from 'yaml';

export interface Stripped {
  /** Everything else is as it was, comments and order too. */
  text: string;
  /** Where something was taken out: `listeners.proxy.upstreamProxy`, `include[0]`. */
  paths: string[];
}

/** `text` is YAML or JSON. A rule set is made to be passed on, its passwords are not; `${NAME}` in their place stays. */
export function withoutPasswords(text: string): Stripped {
  const found: { from: number; to: number; bare: string; path: string }[] = [];
  visit(parseDocument(text), {
    Scalar(key, node, ancestors) {
      const bare = key === 'key' ? null : withoutLogin(node);
      const [from, to] = node.range ?? [0, 0];
      if (bare !== null) found.push({ from, to, bare, path: pathOf(key, ancestors) });
    },
  });
  let rest = text;
  for (const { from, to, bare } of found.toReversed())
    rest = rest.slice(0, from) + JSON.stringify(bare) + rest.slice(to);
  const commented = withoutThoseInComments(rest);
  return { text: commented, paths: [...found.map(({ path }) => path), ...(commented === rest ? [] : ['comments'])] };
}

/** What the lexer writes between the pieces of a text: marks, of which this one stands before a value. */
const VALUE = '\u001f';
const MARKS: ReadonlySet<string> = new Set([VALUE, '\u0002', '\u0018']);

function withoutThoseInComments(text: string): string {
  let before = '';
  const pieces = [...new Lexer().lex(text)].map((piece) => {
    const isComment = piece.startsWith('#') && before !== VALUE;
    before = piece;
    return isComment ? piece.replace(IN_COMMENT, withoutLoginOf) : piece;
  });
  return pieces.filter((piece) => !MARKS.has(piece)).join('');
}

/** Up to the last sign of its kind: a password may have one. */
const IN_COMMENT = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s?#]*)@/gi;

function withoutLoginOf(whole: string, scheme: string, login: string): string {
  return hasPassword(login) ? scheme : whole;
}

/** null: there is no password in it, or a variable for one. */
function withoutLogin({ value }: Scalar): string | null {
  if (typeof value !== 'string') return null;
  const [, scheme = '', login = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)@(.*)$/is.exec(value) ?? [];
  return hasPassword(login) && !/[?#\s]/.test(login) ? scheme + rest : null;
}

function hasPassword(login: string): boolean {
  const password = login.slice(login.indexOf(':') + 1).replaceAll(/\$\{\w+\}/g, '');
  return login.includes(':') && password !== '';
}

type Visitor = Parameters<typeof visit>[1];
type Ancestors = Parameters<Extract<Visitor, (...args: never) => unknown>>[2];

function pathOf(key: number | string | null, ancestors: Ancestors): string {
  let path = '';
  ancestors.forEach((node, i) => {
    const below = ancestors[i + 1];
    if ('key' in node) path += `${path === '' ? '' : '.'}${isScalar(node.key) ? String(node.key.value) : '?'}`;
    else if ('items' in node && !(below && 'key' in below)) {
      const index = below ? node.items.findIndex((item) => item === below) : key;
      if (typeof index === 'number' && index >= 0) path += `[${index}]`;
    }
  });
  return path;
}
