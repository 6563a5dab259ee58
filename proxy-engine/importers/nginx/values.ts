/** nginx's variables as those of values here. */
import { literal } from '../expressions.ts';

const VARIABLES: Readonly<Record<string, string>> = {
  remote_addr: '$client_ip',
  binary_remote_addr: '$client_ip',
  host: '$host',
  http_host: '$host',
  scheme: '$scheme',
  request_method: '$method',
  uri: '$path',
  document_uri: '$path',
  args: '$query',
  query_string: '$query',
  request_id: '$uuid',
  time_iso8601: '$time_iso',
};

/** Null: it has a variable that nothing here stands for. */
export function valueOf(text: string): string | null {
  let isKnown = true;
  let end = 0;
  const parts: string[] = [];
  for (const found of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    const name = found[1] ?? found[2] ?? '';
    const variable = /^\d$/.test(name) ? `$${name}` : variableOf(name);
    isKnown &&= variable !== null;
    parts.push(literal(text.slice(end, found.index)), variable ?? '');
    end = found.index + found[0].length;
  }
  return isKnown ? [...parts, literal(text.slice(end))].join('') : null;
}

function variableOf(name: string): string | null {
  if (name.startsWith('http_') && name !== 'http_host') return `$header[${name.slice(5).replaceAll('_', '-')}]`;
  if (name.startsWith('cookie_')) return `$cookie[${name.slice(7)}]`;
  return VARIABLES[name] ?? null;
}
