/** `rewrite` of the path within a location. */
import type { Draft } from '../draft.ts';
import { test } from '../expressions.ts';
import type { Parts } from './location-rules.ts';
import type { Directive } from './syntax.ts';
import { valueOf } from './values.ts';

export function readRewrite({ words, line }: Directive, { request, before }: Parts, draft: Draft): void {
  const [pattern = '', written = '', flag] = words;
  const [at, what] = [`line ${line}`, ['rewrite', ...words].join(' ')];
  const [path = '', args] = written.split(/\?(.*)/s);
  const to = valueOf(path);
  if (to === null || !to.startsWith('/'))
    return draft.refuse(at, what, 'its replacement is no path, or has an unknown variable');
  const set = parametersOf(args ?? '');
  if (set === null) return draft.refuse(at, what, 'its parameters have variables');
  if (flag !== 'break')
    draft.approximate(at, what, 'nginx looks for a location of the new path then; here the route stays');
  if (args?.endsWith('?') || args === '') draft.approximate(at, what, 'the parameters of the request stay');
  const action = { path: { replace: pattern, with: to } };
  if (Object.keys(set).length === 0) return void request.push(action);
  draft.approximate(at, what, 'its parameters come behind those of the request');
  before.push({ match: test('path', '~', pattern), request: [action, { query: { set } }] });
}

/** null: they have variables. */
function parametersOf(args: string): Record<string, string> | null {
  if (args.includes('$')) return null;
  return Object.fromEntries(new URLSearchParams(args.replace(/\?$/, '')));
}
