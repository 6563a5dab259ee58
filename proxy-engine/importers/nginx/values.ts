/** nginx's variables as those of values here. */
import { anyOf, keyed, literal, test } from '../expressions.ts';

const VARIABLES: Readonly<Record<string, string>> = {
  remote_addr: '$client_ip',
  binary_remote_addr: '$client_ip',
  host: '$host',
  http_host: '$header[host]',
  scheme: '$scheme',
  request_method: '$method',
  uri: '$path',
  document_uri: '$path',
  args: '$query',
  query_string: '$query',
  request_id: '$request_id',
  time_iso8601: '$time_iso',
};

/** Null: it has a variable that nothing here stands for. `groups`: names of groups of a pattern. */
export function valueOf(text: string, groups: Readonly<Record<string, string>> = {}): string | null {
  let isKnown = true;
  let end = 0;
  const parts: string[] = [];
  for (const found of text.matchAll(VARIABLE)) {
    const name = nameOf(found);
    const variable = /^\d$/.test(name) ? `$${name}` : (groups[name] ?? variableOf(name));
    isKnown &&= variable !== null && isApart(variable, text.slice(found.index + found[0].length));
    parts.push(literal(text.slice(end, found.index)), variable ?? '');
    end = found.index + found[0].length;
  }
  return isKnown ? [...parts, literal(text.slice(end))].join('') : null;
}

/** `$schemex` and `$10` would be others. */
function isApart(variable: string, rest: string): boolean {
  return variable.endsWith(']') || !(/\d$/.test(variable) ? /^\d/ : /^[a-z_[]/i).test(rest);
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

function nameOf([, braced, bare]: RegExpExecArray): string {
  return braced ?? bare ?? '';
}

function variableOf(name: string): string | null {
  if (name.startsWith('http_') && name !== 'http_host') return `$header[${name.slice(5).replaceAll('_', '-')}]`;
  if (name.startsWith('cookie_')) return `$cookie[${name.slice(7)}]`;
  return VARIABLES[name] ?? null;
}

/** When a value is not empty: nginx writes no line then. Absent: it never is. */
export function whenGiven(text: string): string | undefined {
  if (text.replace(VARIABLE, '') !== '') return undefined;
  const terms = [...text.matchAll(VARIABLE)].map((found) => presenceOf(nameOf(found)));
  return terms.includes(null) ? undefined : anyOf(terms.filter((term) => term !== null));
}

/** Null: it always has a value. */
function presenceOf(name: string): string | null {
  if (name.startsWith('http_') && name !== 'http_host')
    return test(keyed('header', name.slice(5).replaceAll('_', '-')), '~', '.');
  if (name.startsWith('cookie_')) return test(keyed('cookie', name.slice(7)), '~', '.');
  return name === 'args' || name === 'query_string' ? 'query != ""' : null;
}
