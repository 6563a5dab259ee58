/** Redirects that keep the path: to another scheme, to another host. */
import type { Notes } from '../notes.ts';
import { readValue, type ValuePart } from '../value.ts';
import type { Message } from './syntax.ts';

const USUAL_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** The fields of a `RedirectAction` for `https://$host$path`, `http://a.test$path?$query` and the like; null: it is none of them. */
export function keepingPath(location: string, notes: Notes, at: string): Message | null {
  const [first, ...rest] = readValue(location);
  const [, scheme = '', host = ''] =
    /^(https?):\/\/([\w.-]*(?::\d+)?)$/.exec(typeof first === 'string' ? first : '') ?? [];
  if (scheme === '') return null;
  const words = rest.map(wordOf).join(' ');
  const [kept, ...more] = words.split(' ? ');
  if (kept !== (host === '' ? 'host path' : 'path') || (more.length > 0 && more.join() !== 'query')) return null;
  if (more.length > 0) notes.approximate(at, location, 'without the ? where there is no query');
  const query = more.length > 0 ? {} : { strip_query: true };
  if (host !== '') return { scheme_redirect: scheme, host_redirect: host, ...query };
  // Otherwise the port that the client wrote would stay.
  notes.approximate(at, location, 'the port is written out');
  return { scheme_redirect: scheme, port_redirect: USUAL_PORTS[scheme], ...query };
}

function wordOf(part: ValuePart): string | null {
  if (typeof part === 'string') return part;
  return 'variable' in part && part.name === undefined ? part.variable : null;
}
