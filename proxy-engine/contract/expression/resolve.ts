/** Gives the names and values of a parsed term their meaning, or says what would be right. */
import type { SyntaxNode } from '@lezer/common';
import { doubledIssue } from './explain.ts';
import { FIELDS, type FieldInfo, FLAGS, findField, findFlag, isKnown, type Scope } from './fields.ts';
import { nearest } from './nearest-word.ts';
import { findPatternMistake } from './pattern-syntax.ts';
import { printValue } from './print.ts';
import { readQuantity } from './quantity.ts';
import { quotedOffset, unquote } from './strings.ts';
import type { Expression, ExpressionIssue, FieldRef, NumberOperator, Quantity, TextOperator } from './syntax.ts';

/** What the walk over a tree carries. */
export interface Reading {
  readonly text: string;
  readonly scope: Scope;
  readonly issues: ExpressionIssue[];
}

type Place = Pick<SyntaxNode, 'from' | 'to'>;

const TEXT_OPERATORS: ReadonlySet<string> = new Set<TextOperator>(['=', '!=', '^=', '$=', '*=', '~', '~i']);
const NUMBER_OPERATORS: ReadonlySet<string> = new Set<NumberOperator>(['=', '!=', '<', '<=', '>', '>=']);
const HEADER_FIELDS: ReadonlySet<string> = new Set(['header', 'requestHeader', 'responseHeader']);

export function readComparison(reading: Reading, node: SyntaxNode): Expression | null {
  const [fieldNode, operatorNode, valueNode] = childrenOf(node);
  if (!fieldNode || !operatorNode || !valueNode) return null;
  const field = readField(reading, fieldNode);
  const { from, to } = node;
  const operator = source(reading, operatorNode).toLowerCase();
  if (field === null || !checkSpelling(reading, operator, operatorNode, valueNode)) return null;
  const info = FIELDS[field.name];
  if (info.type === 'text') {
    if (isTextOperator(operator)) {
      const value = literalOf(reading, field, operator, valueNode);
      const isPattern = operator === '~' || operator === '~i';
      if (!(isPattern ? checkPattern(reading, valueNode) : checkShown(reading, field, valueNode))) return null;
      return { kind: 'text', field, operator, value, from, to };
    }
    return refuse(
      reading,
      operatorNode,
      `\`${operator}\` compares numbers and ${field.name} is text; use =, !=, ^=, $=, *=, ~ or in`,
    );
  }
  if (!isNumberOperator(operator))
    return refuse(
      reading,
      operatorNode,
      `\`${operator}\` is for text and ${field.name} is a ${info.type}; use =, !=, <, <=, >, >= or in`,
    );
  const value = quantityOf(reading, field, info, valueNode);
  return value && { kind: 'number', field, operator, value, from, to };
}

export function readMembership(reading: Reading, node: SyntaxNode): Expression | null {
  const [fieldNode, , , ...rest] = childrenOf(node);
  const field = fieldNode ? readField(reading, fieldNode) : null;
  if (field === null) return null;
  const { from, to } = node;
  const info = FIELDS[field.name];
  const valueNodes = rest.filter(({ name }) => name === 'Bare' || name === 'String');
  if (info.type === 'text') {
    if (!valueNodes.every((value) => checkShown(reading, field, value))) return null;
    return { kind: 'text-in', field, values: valueNodes.map((v) => literalOf(reading, field, '=', v)), from, to };
  }
  const values = valueNodes.map((v) => quantityOf(reading, field, info, v)).filter((v) => v !== null);
  return values.length === valueNodes.length ? { kind: 'number-in', field, values, from, to } : null;
}

export function readPresence(reading: Reading, node: SyntaxNode): Expression | null {
  const fieldNode = node.lastChild;
  const field = fieldNode ? readField(reading, fieldNode) : null;
  if (fieldNode === null || field === null) return null;
  if (field.key === null) return refuse(reading, fieldNode, '`has` asks for header[NAME], query[NAME] or cookie[NAME]');
  return { kind: 'has', field, from: node.from, to: node.to };
}

export function readFlag(reading: Reading, node: SyntaxNode): Expression | null {
  const word = source(reading, node);
  const flag = findFlag(word);
  if (flag === undefined) return refuse(reading, node, unknownFlag(word));
  if (!isKnown(FLAGS[flag], reading.scope)) return refuse(reading, node, notKnownYet(flag, reading.scope));
  return { kind: 'flag', flag, from: node.from, to: node.to };
}

function readField(reading: Reading, node: SyntaxNode): FieldRef | null {
  const [nameNode, , keyNode] = childrenOf(node);
  const word = nameNode ? source(reading, nameNode) : '';
  const name = findField(word);
  if (name === undefined) return refuse(reading, nameNode ?? node, unknownField(word));
  const { keyed, known } = FIELDS[name];
  if (keyNode && keyed === 'no')
    return refuse(reading, node, `${name} takes no name in brackets; as in ${FIELDS[name].example}`);
  if (!keyNode && keyed === 'must')
    return refuse(reading, node, `${name} needs a name in brackets, as in ${FIELDS[name].example}`);
  if (!isKnown(known, reading.scope)) return refuse(reading, node, notKnownYet(name, reading.scope));
  const key = keyNode ? textOf(reading, keyNode) : null;
  return { name, key: key !== null && HEADER_FIELDS.has(name) ? key.toLowerCase() : key };
}

/** `status == 200` and `path ~index` read as something else than what was meant. */
function checkSpelling(reading: Reading, operator: string, operatorNode: Place, valueNode: SyntaxNode): boolean {
  const touching = operatorNode.to === valueNode.from && valueNode.name === 'Bare';
  const value = source(reading, valueNode);
  const place = { from: operatorNode.from, to: valueNode.to };
  if (touching && /^[=~]/.test(value)) {
    reading.issues.push(doubledIssue(operator + value.charAt(0), place.from));
    return false;
  }
  if (touching && operator === '~i') {
    refuse(reading, place, `\`~i\` matches without case: write \`~i ${value}\`, or \`~ i${value}\` to match i${value}`);
    return false;
  }
  return true;
}

/** The list shows hosts with their port and paths with their query; the fields have none, so that this would never hold. In a config that is a warning (`findImpossible`). */
function checkShown(reading: Reading, { name }: FieldRef, node: SyntaxNode): boolean {
  if (reading.scope !== 'exchange') return true;
  const value = textOf(reading, node);
  if (name === 'path' && value.includes('?')) {
    refuse(reading, node, `path is without the query: write \`url *= ${printValue(value)}\``);
    return false;
  }
  const [, host = '', port = ''] = name === 'host' ? (/^([^:]*|\[.*\]):(\d+)$/.exec(value) ?? []) : [];
  if (port === '') return true;
  const written = host === '' ? `port = ${port}` : `host = ${printValue(host)} and port = ${port}`;
  refuse(reading, node, `host is without the port: write \`${written}\``);
  return false;
}

/** `[::1]` is the host `::1`: the brackets belong to the URL (RFC 3986 §3.2.2). */
function literalOf(reading: Reading, { name }: FieldRef, operator: string, node: SyntaxNode): string {
  const text = textOf(reading, node);
  return name === 'host' && (operator === '=' || operator === '!=') ? text.replace(/^\[(.*)\]$/, '$1') : text;
}

function checkPattern(reading: Reading, node: SyntaxNode): boolean {
  const mistake = findPatternMistake(textOf(reading, node));
  if (mistake === null) return true;
  const offset = (at: number) => node.from + (node.name === 'String' ? quotedOffset(source(reading, node), at) : at);
  refuse(reading, { from: offset(mistake.from), to: offset(mistake.to) }, mistake.message);
  return false;
}

function quantityOf(reading: Reading, field: FieldRef, info: FieldInfo, node: SyntaxNode): Quantity | null {
  if (info.type === 'text') return null;
  const value = readQuantity(textOf(reading, node), info.type, field.name === 'status');
  return typeof value === 'string' ? refuse(reading, node, value) : value;
}

function unknownField(word: string): string {
  const flag = findFlag(word);
  if (flag) return `${flag} is a flag: write \`${flag}\` or \`not ${flag}\` alone`;
  const near = nearest(word, Object.keys(FIELDS));
  return `there is no field \`${word}\`${near ? `; did you mean \`${near}\`?` : ''}`;
}

function unknownFlag(word: string): string {
  const field = findField(word);
  if (field) return `${field} needs an operator and a value, as in ${FIELDS[field].example}`;
  const near = nearest(word, Object.keys(FLAGS));
  if (near) return `there is no flag \`${word}\`; did you mean \`${near}\`?`;
  return `there is no flag \`${word}\`; to look for it in the URL, quote it: "${word}"`;
}

const NOT_KNOWN_YET: Record<Scope, string> = {
  request: 'when a request arrives; here only the request can be asked about',
  routed: 'when rules act on a request; here only the request, its route and its pool can be asked about',
  response: 'when rules act on a response; here only its head and the request can be asked about',
  exchange: '',
};

function notKnownYet(name: string, scope: Scope): string {
  return `${name} is not known yet ${NOT_KNOWN_YET[scope]}`;
}

function textOf(reading: Reading, node: SyntaxNode): string {
  const text = source(reading, node);
  return node.name === 'String' ? unquote(text) : text;
}

function source(reading: Reading, { from, to }: Place): string {
  return reading.text.slice(from, to);
}

function refuse(reading: Reading, { from, to }: Place, message: string): null {
  reading.issues.push({ from, to, message });
  return null;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function isTextOperator(operator: string): operator is TextOperator {
  return TEXT_OPERATORS.has(operator);
}

function isNumberOperator(operator: string): operator is NumberOperator {
  return NUMBER_OPERATORS.has(operator);
}
