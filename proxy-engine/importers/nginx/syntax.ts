/** nginx's configuration syntax: directives with words, and blocks of them. */
import { UnreadableImport } from '../draft.ts';

export interface Directive {
  name: string;
  words: string[];
  /** As they stand in the file, where `words` have the values of its variables. */
  source?: readonly string[];
  /** It stands in the place of that one, with other values. */
  of?: Directive;
  line: number;
  /** Absent: it stands in the file that is imported. */
  file?: string | undefined;
  /** Absent: it ends with a semicolon. */
  block?: Directive[];
}

/** Where it stands, as users are told it: `line 12`, `conf.d/site.conf line 3`. */
export function whereOf({ file, line }: Pick<Directive, 'file' | 'line'>): string {
  return file === undefined ? `line ${line}` : `${file} line ${line}`;
}

const DEEPEST = 200;

interface Token {
  text: string;
  line: number;
  quoted: boolean;
}

/** Else what follows would be lost in its words. */
const WITHOUT_BLOCK =
  /^(?:listen|server_name|root|index|allow|deny|include|return|rewrite|set|try_files|access_log|error_log|error_page|client_max_body_size|ssl_certificate(?:_key)?|(?:proxy|fastcgi|grpc|uwsgi)_pass|proxy_set_header|add_header)$/;

/** Throws `UnreadableImport` with the line when blocks or quotes do not close or a directive does not end. `file`: its name, for them. */
export function parseNginx(text: string, file?: string): Directive[] {
  const fail = (line: number, why: string): never => {
    throw new UnreadableImport(`${whereOf({ file, line })}: ${why}`);
  };
  const tokens = tokensOf(text, fail);
  let next = 0;
  let depth = 0;

  function readBlock(opened: number | null): Directive[] {
    const directives: Directive[] = [];
    if (++depth > DEEPEST) fail(opened ?? 1, `more than ${DEEPEST} blocks lie within each other`);
    for (;;) {
      const token = tokens[next++];
      if (!token) return opened === null ? directives : fail(opened, 'the block that opens here does not close');
      if (isSign(token, '}')) {
        depth -= 1;
        return opened === null ? fail(token.line, 'a } without its {') : directives;
      }
      if (!isSign(token, ';')) directives.push(readDirective(token));
    }
  }

  function readDirective(first: Token): Directive {
    const words: string[] = [];
    for (;;) {
      const token = tokens[next++];
      const { text: name, line } = first;
      if (!token) return fail(line, `${name} does not end with a semicolon`);
      if (isSign(token, ';')) return { name, words, line, file };
      if (isSign(token, '{') && WITHOUT_BLOCK.test(name)) return fail(line, `${name} does not end with a semicolon`);
      if (isSign(token, '{')) return { name, words, line, file, block: readBlock(line) };
      words.push(token.text);
    }
  }

  return readBlock(null);
}

function isSign(token: Token, sign: '{' | '}' | ';'): boolean {
  return !token.quoted && token.text === sign;
}

/** A word ends at a blank or a sign; `${name}` does not open a block. */
const TOKEN =
  /\s+|#[^\n]*|"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|([{};])|((?:\$\{|\\[\s\S]|[^\s{};\\])(?:\$\{\w+\}|\{\d+,?\d*\}|\\[\s\S]|[^\s;{\\])*)/g;

function tokensOf(text: string, fail: (line: number, why: string) => never): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let line = 1;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const [, double, single, sign, word] = found;
    const quoted = double ?? single;
    if (/^["']/.test(word ?? '')) fail(line, 'the quote that opens here does not close');
    const isProgram = sign === '{' && tokens.slice(-2).some((token) => token.text.endsWith('_by_lua_block'));
    if (quoted !== undefined) tokens.push({ text: unescaped(quoted), line, quoted: true });
    else if (sign !== undefined || word !== undefined)
      tokens.push({ text: sign ?? unescaped(word ?? ''), line, quoted: false });
    if (isProgram) pattern.lastIndex = endOfLua(text, pattern.lastIndex);
    line += text.slice(found.index, pattern.lastIndex).split('\n').length - 1;
  }
  return tokens;
}

/** What does not close goes on to the end. */
const LUA =
  /(?:--)?\[(=*)\[[\s\S]*?(?:\]\1\]|$)|--[^\n]*|"(?:\\[\s\S]|[^"\\])*(?:"|$)|'(?:\\[\s\S]|[^'\\])*(?:'|$)|[{}]/g;

/** Where the brace stands that closes a block of Lua, whose own braces, texts and comments are no directives. */
function endOfLua(text: string, start: number): number {
  let depth = 1;
  const pattern = new RegExp(LUA);
  pattern.lastIndex = start;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (found[0] === '{') depth += 1;
    else if (found[0] === '}') depth -= 1;
    if (depth === 0) return found.index;
  }
  return text.length;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** As nginx reads a word, quoted or not; before other letters a backslash stays. */
function unescaped(word: string): string {
  return word.replace(/\\(["'\\nrt])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** The last directive of that name. */
export function last(directives: readonly Directive[], name: string): Directive | undefined {
  return directives.findLast((directive) => directive.name === name);
}

export function named(directives: readonly Directive[], name: string): Directive[] {
  return directives.filter((directive) => directive.name === name);
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `30s`, `1m 30s`, `500ms`, `1d`; a number is seconds. */
export function durationOf(word: string | undefined): string | undefined {
  const parts = [...(word ?? '').matchAll(/(\d+)(ms|[smhdw])?\s*/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== word) return undefined;
  const [only] = parts;
  if (parts.length === 1 && only && !/[dw]$/.test(word)) return `${only[1]}${only[2] ?? 's'}`;
  return `${parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 1), 0)}s`;
}
