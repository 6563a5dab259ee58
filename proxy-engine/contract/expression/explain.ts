/** Tells the first syntax mistake in words: what was found, and what would be right there. */
import type { Tree } from '@lezer/common';
import { FIELDS, findField, type Scope } from './fields.ts';
import { quote } from './strings.ts';
import type { ExpressionIssue } from './syntax.ts';

interface Leaf {
  name: string;
  from: number;
  to: number;
}

const CONDITION = 'a condition, such as host = example.test, failed, or "text in the URL"';
const OPERATORS = '=, !=, <, <=, >, >=, ^=, $=, *=, ~, ~i or in';

/** Words of other languages at places where they are refused, with what they are called here. */
const HABITS: readonly [pattern: RegExp, advice: string][] = [
  [/^&&?/, 'write `and`'],
  [/^\|\|?/, 'write `or`'],
  [/^,/, 'write `and` or `or`'],
  [/^!(?![=~])/, 'write `not`'],
  [/^=~/, 'write `~`'],
  [/^!~/, 'write `not FIELD ~ VALUE`'],
  [/^contains\b/i, 'write `*=`'],
  [/^(starts|startswith|begins)\b/i, 'write `^=`'],
  [/^(ends|endswith)\b/i, 'write `$=`'],
  [/^(matches|like|regex)\b/i, 'write `~`'],
  [/^(is|eq|equals)\b/i, 'write `=`'],
  [/^[1-5](xx|\d\d)\b/i, 'write `status = 5xx`'],
  [/^not\s+in\b/i, 'write `not FIELD in (…)`'],
  [/^≥/, 'write `>=`'],
  [/^≤/, 'write `<=`'],
  [/^≠/, 'write `!=`'],
  [/^[“”„「」『』＂]/, 'write `"`'],
];

export function explainSyntax(text: string, tree: Tree, scope: Scope): ExpressionIssue {
  const at = firstError(tree);
  const start = skipSpace(text, at);
  const before = lastLeaves(tree, start);
  const doubled = doubledOperator(text, before);
  if (doubled) return doubled;
  const found = text.slice(start);
  const to = Math.min(text.length, start + (WORD.exec(found)?.[0].length ?? 0));
  return { from: start, to, message: messageFor(found, before, unclosed(before), scope) };
}

/** A word of any script, or signs. */
const WORD = /^([\p{L}\p{M}\p{N}_]+|[^\p{L}\p{M}\p{N}_\s]+)/u;
const SHOWN = /^([\p{L}\p{M}\p{N}_]+|[^\p{L}\p{M}\p{N}_\s]{1,3})/u;

function messageFor(found: string, before: readonly Leaf[], open: string | null, scope: Scope): string {
  if (/^["']/.test(found)) {
    if (!isClosed(found)) return `this ${found[0]} is not closed`;
    return `expected ${expected(before, open)}, found a quoted text`;
  }
  const isBetweenValues = open === ',' || before.at(-1)?.name === 'InWord';
  const habit = isBetweenValues ? undefined : HABITS.find(([pattern]) => pattern.test(found))?.[1];
  const what = found === '' ? 'the end' : `\`${SHOWN.exec(found)?.[0] ?? found[0]}\``;
  const right = expected(before, open);
  const advice = habit ?? halfWidth(found) ?? (right === CONDITION ? lookedFor(found, scope) : undefined);
  return `expected ${right}, found ${what}${advice ? `; ${advice}` : ''}`;
}

/** Signs as input methods for Chinese and Japanese write them: `＝`, `（`. */
function halfWidth(found: string): string | undefined {
  const code = found.charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? `write \`${String.fromCharCode(code - 0xfee0)}\`` : undefined;
}

/** A word that ASCII does not have is looked for; URLs have it percent-encoded (RFC 3986 §2.5). */
function lookedFor(found: string, scope: Scope): string | undefined {
  const word = /^[\p{L}\p{M}\p{N}_]*\P{ASCII}[\p{L}\p{M}\p{N}_]*/u.exec(found)?.[0].toWellFormed();
  if (word === undefined) return undefined;
  const inUrls = `\`${quote(encodeURIComponent(word))}\` for URLs`;
  return scope === 'exchange' ? `write \`body *= ${word}\` for bodies, ${inUrls}` : `write ${inUrls}`;
}

/** `==`, `=~`, `=>`, `<>` and `>>` read as an operator and a value that begins with the second character; what follows is where it breaks. */
function doubledOperator(text: string, before: readonly Leaf[]): ExpressionIssue | null {
  const operator = before.at(-2);
  const value = before.at(-1);
  if (operator?.name !== 'Operator' || value?.name !== 'Bare' || operator.to !== value.from) return null;
  const written = text.slice(operator.from, value.from + 1);
  if (written === '=>' && isText(text, before.at(-3))) return wrongOperator(written, '=', operator.from);
  const meant = SWAPPED[written];
  if (meant !== undefined) return wrongOperator(written, meant, operator.from);
  return /^[=~]/.test(text.slice(value.from)) ? doubledIssue(written, operator.from) : null;
}

/** As other languages write them. */
const SWAPPED: Readonly<Record<string, string>> = { '=>': '>=', '=<': '<=', '<>': '!=', '>>': '>', '<<': '<' };

/** Whether the field that ends with `leaf` is one that cannot be more or less. */
function isText(text: string, leaf: Leaf | undefined): boolean {
  const field = leaf?.name === 'Name' ? findField(text.slice(leaf.from, leaf.to)) : undefined;
  return leaf?.name === ']' || (field !== undefined && FIELDS[field].type === 'text');
}

/** `written`: an operator and one character too many, at `from`. */
export function doubledIssue(written: string, from: number): ExpressionIssue {
  return wrongOperator(written, written === '=~' ? '~' : written.slice(0, -1), from);
}

function wrongOperator(written: string, meant: string, from: number): ExpressionIssue {
  return { from, to: from + written.length, message: `found \`${written}\`; write \`${meant}\`` };
}

function expected(before: readonly Leaf[], open: string | null): string {
  const last = before.at(-1)?.name;
  const closing = open === null ? 'the end' : `\`${open}\``;
  switch (last) {
    case 'Name':
      return before.at(-2)?.name === 'HasWord'
        ? '`[`, as in has header[host]'
        : `an operator (${OPERATORS}), \`and\`, \`or\` or ${closing}`;
    case ']':
      return isPresence(before) ? `\`and\`, \`or\` or ${closing}` : `an operator (${OPERATORS})`;
    case 'Operator':
      return 'a value; quote it when it has spaces, quotes, commas or parentheses';
    case 'HasWord':
      return 'header[NAME], query[NAME] or cookie[NAME]';
    case 'InWord':
      return '`(`, as in method in (GET, POST)';
    case '[':
      return 'a name, as in header[host]';
    case 'Key':
      return '`]`';
    case ',':
      return 'a value';
    case 'Bare':
    case 'String':
      return open === ',' ? '`,` or `)`' : open === ']' ? '`]`' : `\`and\`, \`or\` or ${closing}`;
    case ')':
      return `\`and\`, \`or\` or ${closing}`;
    case '(':
      return open === ',' ? 'a value' : CONDITION;
    default:
      return CONDITION;
  }
}

/** What the innermost open bracket waits for: `)` of a group, `,` in a list of values, `]` of a name. */
function unclosed(leaves: readonly Leaf[]): string | null {
  const open: string[] = [];
  leaves.forEach(({ name }, i) => {
    if (name === '(') open.push(leaves[i - 1]?.name === 'InWord' ? ',' : ')');
    else if (name === '[') open.push(']');
    else if (name === ')' || name === ']') open.pop();
  });
  return open.at(-1) ?? null;
}

function isPresence(leaves: readonly Leaf[]): boolean {
  const bracket = leaves.findLastIndex(({ name }) => name === '[');
  return leaves[bracket - 2]?.name === 'HasWord';
}

function firstError(tree: Tree): number {
  let at = tree.length;
  tree.iterate({
    enter(node) {
      if (node.type.isError) at = Math.min(at, node.from);
      return node.from <= at;
    },
  });
  return at;
}

function lastLeaves(tree: Tree, end: number): Leaf[] {
  const leaves: Leaf[] = [];
  tree.iterate({
    enter(node) {
      if (node.from >= end) return false;
      if (node.node.firstChild === null && !node.type.isError && node.to <= end)
        leaves.push({ name: node.name, from: node.from, to: node.to });
      return true;
    },
  });
  return leaves;
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}

function isClosed(text: string): boolean {
  return /^("(\\[\s\S]|[^"\\])*"|'(\\[\s\S]|[^'\\])*')/.test(text);
}
