/** The names of the config that conditions ask for: they follow when what has the name gets another, and are doubtful when nothing has it. */
import type { SyntaxNode, TreeCursor } from '@lezer/common';
import { findField } from './fields.ts';
import { parseStrictly } from './parse.ts';
import { printValue } from './print.ts';
import { unquote } from './strings.ts';
import type { Expression } from './syntax.ts';

/** Fields whose values are names that the config gives. Backends have theirs from elsewhere, too: from DNS, or as a client asks for them. */
const NAMED = ['listener', 'route', 'pool', 'rule'] as const;
export type NamedField = (typeof NAMED)[number];

export interface AskedName {
  field: NamedField;
  name: string;
}

/** The names that a value has to be equal to, in their order. */
export function* namesAsked(expression: Expression): Generator<AskedName> {
  if (expression.kind === 'and' || expression.kind === 'or')
    for (const term of expression.terms) yield* namesAsked(term);
  else if (expression.kind === 'not') yield* namesAsked(expression.term);
  else if (expression.kind === 'text' || expression.kind === 'text-in') {
    const field = NAMED.find((one) => one === expression.field.name);
    if (!field) return;
    if (expression.kind === 'text-in') for (const name of expression.values) yield { field, name };
    else if (expression.operator === '=') yield { field, name: expression.value };
  }
}

/** The expression with one name in place of others, and all else as it is written; a text that is no expression stays. */
export function withName(text: string, field: NamedField, from: readonly string[], to: string): string {
  if (!text.toLowerCase().includes(field)) return text;
  const tree = parseStrictly(text);
  if (typeof tree === 'number') return text;
  let [renamed, end] = ['', 0];
  for (const node of valuesOf(text, tree.cursor(), field)) {
    const written = text.slice(node.from, node.to);
    if (!from.includes(node.name === 'String' ? unquote(written) : written)) continue;
    renamed += text.slice(end, node.from) + printValue(to);
    end = node.to;
  }
  return renamed + text.slice(end);
}

function* valuesOf(text: string, cursor: TreeCursor, field: NamedField): Generator<SyntaxNode> {
  do {
    if (cursor.name !== 'Comparison' && cursor.name !== 'Membership') continue;
    const { node } = cursor;
    const [name, operator] = [node.firstChild, node.getChild('Operator')];
    if (name === null || findField(text.slice(name.from, name.to)) !== field) continue;
    if (operator && !/^!?=$/.test(text.slice(operator.from, operator.to))) continue;
    yield* [...node.getChildren('String'), ...node.getChildren('Bare')].toSorted((a, b) => a.from - b.from);
  } while (cursor.next());
}
