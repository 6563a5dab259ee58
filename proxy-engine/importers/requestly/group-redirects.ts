/** Requestly's redirects of all below an address to another one, `https://a.test/*` to `http://localhost:3000/$1`: routes, as groups here are those of a path. */
import { recordAt, textAt } from '../../foreign-json.ts';
import type { DraftRoute } from '../draft.ts';
import { allOf, literal, test, wildPattern } from '../expressions.ts';
import { patternIn, refuseFunctions } from './values.ts';

/** Scheme, host, port, path; the group behind it takes the rest of the URL. */
const BELOW =
  /^\^?(https\?|https|http|http\(\.\*\)|\(\.\*\)):\/\/((?:[\w-]|\\?\.)+)(?::(\d+))?(\/(?:[\w/~-]|\\?\.)*)(\(\.[*+]\))\$?$/;

/** Empty: it is none of these. Throws `NotThere`. */
export function groupRedirects(pair: unknown): DraftRoute[] {
  const { source, ignoresCase } = patternOf(pair);
  const [, scheme = '', host = '', port, path = '', rest = ''] = BELOW.exec(source) ?? [];
  const group = scheme.endsWith(')') ? 2 : 1;
  const [, to] = /^(https?:\/\/[^?#$]+)\$(\d)$/.exec(textAt(pair, 'destination')) ?? [];
  if (host === '' || to === undefined || !textAt(pair, 'destination').endsWith(`$${group}`)) return [];
  refuseFunctions(to);
  const below = allOf([
    /^https?$/.test(scheme) ? test('scheme', '=', scheme) : undefined,
    test('host', '=', host.replaceAll('\\', '').toLowerCase()),
    port === undefined ? undefined : test('port', '=', port),
    test('path', ignoresCase ? '~i' : '~', `^${path}${rest}$`),
  ]);
  const routeTo = (query: string, location: string): DraftRoute => ({
    match: allOf([below, query]) ?? '',
    redirect: { status: 307, location },
  });
  return [routeTo('query != ""', `${literal(to)}$1?$query`), routeTo('query = ""', `${literal(to)}$1`)];
}

/** Wildcards are groups, too. */
function patternOf(pair: unknown): { source: string; ignoresCase: boolean } {
  const source = recordAt(pair, 'source');
  const [key, operator, value] = ['key', 'operator', 'value'].map((name) => textAt(source, name));
  const none = { source: '', ignoresCase: false };
  if (!/^(?:url)?$/i.test(key ?? '') || value === undefined) return none;
  if (operator === 'Matches') return patternIn(value) ?? none;
  if (operator !== 'Wildcard_Matches') return none;
  return { source: `^${wildPattern(value, /\*/g).replaceAll('.*', '(.*)')}$`, ignoresCase: false };
}
