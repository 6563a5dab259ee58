/** The sentences in source code: texts with a space, by the calls they are given to and the names they have. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';

export interface Says {
  /** Calls as they are written: `notes.refuse`. */
  call: RegExp;
  /** Variables and properties. */
  name: RegExp;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** Each once, with a digit where something varies. */
export function wordsIn(place: string, says: Says): string[] {
  const found = new Set<string>();
  for (const file of filesOf(place)) {
    const code = readFileSync(file, 'utf8');
    walk(parseAst(code, { lang: 'ts' }), (node) => {
      for (const said of saidBy(node, code, says)) collect(said, found);
      return true;
    });
  }
  return [...found].filter((text) => /[a-z]{2}.* [a-z]|[a-z] .*[a-z]{2}/i.test(text));
}

function filesOf(place: string): string[] {
  if (statSync(place).isFile()) return [place];
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?<!\.d)\.ts$/.test(name)).map((name) => join(place, name));
}

function saidBy(node: Node, code: string, { call, name }: Says): unknown[] {
  const written = (part: unknown) => (isNode(part) ? code.slice(part.start, part.end) : '');
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    return call.test(written(node['callee'])) ? (node['arguments'] as unknown[]) : [];
  if (node.type === 'VariableDeclarator') return name.test(written(node['id'])) ? [node['init']] : [];
  if (node.type === 'Property') return name.test(written(node['key'])) ? [node['value']] : [];
  return [];
}

/** What a function does when it is called is not said here. */
function collect(tree: unknown, found: Set<string>): void {
  walk(tree, (node) => {
    if (node.type === 'Literal' && typeof node['value'] === 'string') found.add(node['value']);
    if (node.type === 'TemplateLiteral') found.add(textOf(node));
    return node.type !== 'ArrowFunctionExpression';
  });
}

function textOf(template: Node): string {
  const quasis = template['quasis'] as { value: { cooked: string } }[];
  return quasis.map(({ value }) => value.cooked).join('7');
}

function walk(tree: unknown, visit: (node: Node) => boolean): void {
  if (isNode(tree) && !visit(tree)) return;
  if (typeof tree === 'object' && tree !== null) for (const part of Object.values(tree)) walk(part, visit);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
