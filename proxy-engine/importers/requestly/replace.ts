/** Requestly's replacement of a text in the URL: of its host, a parameter or the path, by what stands there. */
import { escapePattern, keyed, patternText, test, withGroups } from '../expressions.ts';
import { type Changes, NotThere, patternIn, refuseFunctions, valueOf } from './values.ts';

/** Throws `NotThere` where no action does it. */
export function replaceChanges(from: string, to: string): Changes {
  if (from === '') throw new NotThere('it does not say what to replace');
  refuseFunctions(to);
  const pattern = patternIn(from);
  // `/v1/` is both; without anything that only patterns have it is meant as a text.
  if (pattern && /[\\^$.|?*+()[\]{}]|\/[a-z]+$/.test(from)) return inPath(patternSource(pattern), withGroups(to));
  if (/[?&=#]/.test(from)) return parameterChange(from, to);
  const [whole, host = ''] = /^(?:https?:\/\/)?([\w.-]+(?::\d+)?)$/.exec(from) ?? [];
  if (whole !== undefined && (whole !== host || /[.:]/.test(host) || host === 'localhost')) return hostChange(host, to);
  if (/^[a-z]+:\/\/|^[\w-]+(\.[\w-]+)+(:\d+)?\/|^[\w.-]+:\d+\//i.test(from))
    throw new NotThere('it replaces a part of the URL that has host and path; use mapRemote');
  return inPath(escapePattern(from), valueOf(to));
}

function hostChange(host: string, to: string): Changes {
  if (/^\.|\.$/.test(host)) throw new NotThere('a host is set as a whole, without parts of the old one');
  const [, scheme, next] = /^(?:(https?):\/\/)?([^/]+)\/?$/.exec(to) ?? [];
  if (next === undefined) throw new NotThere(`${host} is a host, and ${to || 'nothing'} is none`);
  return {
    request: [...(scheme === 'http' || scheme === 'https' ? [{ scheme } as const] : []), { host: valueOf(next) }],
    also: test('host', '=', host.replace(/:\d+$/, '')),
    why: 'only where it is the whole host, whichever its scheme and port; what a route sends to a pool goes there all the same, with that Host',
  };
}

/** `debug=1` by `debug=0`, or by nothing. */
function parameterChange(from: string, to: string): Changes {
  const [, name, value] = /^[?&]?([^?&=#]+)=([^?&=#]*)&?$/.exec(from) ?? [];
  const [, nextName = name, next] = /^[?&]?(?:([^?&=#]+)=([^?&=#]*))?&?$/.exec(to) ?? [];
  if (name === undefined || value === undefined || nextName !== name || (next === undefined && /[^?&]/.test(to)))
    throw new NotThere('it replaces a part of the query; use a query action');
  const key = decoded(name);
  const query =
    next === undefined ? { set: {}, delete: [key] } : { set: { [key]: valueOf(decoded(next)) }, delete: [] };
  return {
    request: [{ query }],
    also: test(keyed('query', key), '=', decoded(value)),
    why: 'only where it is the whole parameter',
  };
}

function decoded(text: string): string {
  return new URLSearchParams(`x=${text}`).get('x') ?? text;
}

function patternSource({ source, ignoresCase }: { source: string; ignoresCase: boolean }): string {
  if (/:\/\/|[&=#]|\\\?|^\^?https?\b/.test(source))
    throw new NotThere('its pattern is for more than the path; no action rewrites the whole URL');
  return patternText(`${ignoresCase ? '(?i)' : ''}${source}`);
}

function inPath(pattern: string, replacement: string): Changes {
  return {
    request: [{ path: { replace: pattern, with: replacement } }],
    why: 'in the path only, not in host or query, at every place',
  };
}
