/** Text → syntax tree of the expression language, or the mistakes with their places. Never throws. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { explainSyntax } from './explain.ts';
import { parser } from './expression.generated.ts';
import type { Scope } from './fields.ts';
import { type Reading, readComparison, readFlag, readMembership, readPresence } from './resolve.ts';
import { unquote } from './strings.ts';
import type { Expression, ExpressionIssue, Parsed } from './syntax.ts';

/** Characters; a longer expression is refused. */
export const MAX_LENGTH = 32_768;
/** Parentheses and `not` inside each other. */
export const MAX_DEPTH = 100;

/** Parses `text` and checks names, types, units, and that `scope` knows what is asked. */
export function parseExpression(text: string, scope: Scope = 'exchange'): Parsed {
  if (text.length > MAX_LENGTH) {
    const message = `an expression has at most ${MAX_LENGTH} characters, found ${text.length}`;
    return { ok: false, issues: [{ from: 0, to: text.length, message }] };
  }
  if (opensTooMany(text)) return { ok: false, issues: [tooDeep(0, text.length)] };
  const tree = parseStrictly(text);
  if (typeof tree === 'number')
    return { ok: false, issues: [explainSyntax(text, parser.parse(text.slice(0, tree)), scope)] };
  const reading: Reading = { text, scope, issues: [] };
  const expression = readTerm(reading, tree.topNode.firstChild, 0);
  return expression && reading.issues.length === 0 ? { ok: true, expression } : { ok: false, issues: reading.issues };
}

function readTerm(reading: Reading, node: SyntaxNode | null, depth: number): Expression | null {
  if (node === null) return null;
  const { from, to } = node;
  if (depth > MAX_DEPTH) {
    reading.issues.push(tooDeep(from, to));
    return null;
  }
  switch (node.name) {
    case 'Or':
      return readTerms(reading, node, 'or', depth);
    case 'And':
      return readTerms(reading, node, 'and', depth);
    case 'Not': {
      const term = readTerm(reading, node.lastChild, depth + 1);
      return term && { kind: 'not', term, from, to };
    }
    case 'Group':
      return readTerm(reading, node.firstChild?.nextSibling ?? null, depth + 1);
    case 'Comparison':
      return readComparison(reading, node);
    case 'Membership':
      return readMembership(reading, node);
    case 'Presence':
      return readPresence(reading, node);
    case 'Flag':
      return readFlag(reading, node);
    default:
      return { kind: 'url-contains', text: unquote(reading.text.slice(from, to)), from, to };
  }
}

function readTerms(reading: Reading, node: SyntaxNode, kind: 'and' | 'or', depth: number): Expression | null {
  const terms: Expression[] = [];
  let complete = true;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name === 'AndWord' || child.name === 'OrWord') continue;
    const term = readTerm(reading, child, depth + 1);
    if (term) terms.push(term);
    else complete = false;
  }
  return complete ? { kind, terms, from: node.from, to: node.to } : null;
}

const strictParser = parser.configure({ strict: true });

/** The tree, or where it stops making sense. Recovering from the rest of hostile input would cost time and tell nothing more. */
export function parseStrictly(text: string): Tree | number {
  try {
    return strictParser.parse(text);
  } catch (error) {
    // `No parse at 12` is all that the parser tells.
    const at = error instanceof SyntaxError ? /\d+$/.exec(error.message)?.[0] : undefined;
    return at === undefined ? text.length : Number(at);
  }
}

function tooDeep(from: number, to: number): ExpressionIssue {
  return { from, to, message: `conditions are nested at most ${MAX_DEPTH} deep` };
}

/** A rough look before parsing: parentheses in strings count too, so it allows ten times what is allowed. */
function opensTooMany(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 40) open++;
    else if (char === 41) open--;
    if (open > MAX_DEPTH * 10) return true;
  }
  return false;
}
