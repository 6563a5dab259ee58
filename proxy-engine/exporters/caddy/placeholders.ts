/** Caddy's placeholders, and those that a file defines with maps where Caddy has none, or another value. */
import type { Subject } from '../condition.ts';
import { encodedPattern } from '../encoded.ts';
import { checkHeader } from '../lookups.ts';
import { Inexpressible } from '../notes.ts';
import { block } from './text.ts';

export function isHostHeader(subject: Subject): boolean {
  return subject.kind === 'header' && subject.name.toLowerCase() === 'host';
}

/** Go takes Host out of the headers. */
export function headerPlaceholder(name: string): string {
  checkHeader(name, 'Caddy');
  return name.toLowerCase() === 'host' ? '{http.request.hostport}' : `{http.request.header.${named(name)}}`;
}

/** Where the request goes; Caddy's own placeholder follows the Host header, which rules may set to something else. */
export const HOST = '{http.vars.host}';

/** Caddy's own placeholders of cookies take a name in any case, and stand as they are written where there is none. */
const COOKIE = 'cookies.';

export function cookiePlaceholder(name: string): string {
  return `{${COOKIE}${named(name)}}`;
}

/** All lines of them, joined with commas. */
export const COOKIES = '{http.request.header.Cookie}';

/** The first of its name, as it was sent: Caddy's own placeholder joins all of them. */
const PARAMETER = 'parameters.';

export function parameterPlaceholder(name: string): string {
  return `{${PARAMETER}${named(name)}}`;
}

/** As it is on the wire: Caddy's own placeholder is the decoded one. */
export const PATH = '{wire.path}';

export const QUERY = '{http.request.uri.query}';

/** Where the request goes; Caddy's own placeholder is empty where none was written. */
export const PORT = '{asked.port}';

/** Caddy has none. */
export const URL_ASKED = '{asked.url}';

/** Of the protocol of the request, as Via has it. */
export const VERSION = '{sent.version}';

const WHOLE_URL = '{http.request.scheme}://{http.vars.hostport}{http.request.uri}';

/** The maps that `lines` need. */
export function mapsFor(lines: readonly string[], isSecure: boolean): string[] {
  const text = lines.join('\n');
  const named = (pattern: RegExp) => new Set(Array.from(text.matchAll(pattern), ([, name = '']) => name));
  return [
    ...(text.includes(PATH) ? map('{http.request.uri}', PATH, '^([^?]*)') : []),
    ...(text.includes(VERSION) ? map('{http.request.proto}', VERSION, '^HTTP/(1\\.0|2|3)', '1.1') : []),
    ...(text.includes(URL_ASKED) ? map(WHOLE_URL, URL_ASKED, '^(.*)$') : []),
    ...(text.includes(PORT) ? map('{http.vars.hostport}', PORT, ':([0-9]+)$', isSecure ? '443' : '80') : []),
    ...[...named(/\{cookies\.([\w.-]+)\}/g)].flatMap((name) =>
      map(
        COOKIES,
        `{${COOKIE}${name}}`,
        `${cookiePattern(name)}\\s*(?:"([^;]*)"|([^;]*?))\\s*(?:;|$)`,
        '""',
        '${1}${2}',
      ),
    ),
    ...[...named(/\{parameters\.([\w.-]+)\}/g)].flatMap((name) =>
      map(QUERY, `{${PARAMETER}${name}}`, parameterInQuery(name)),
    ),
  ];
}

/** `target` is what `pattern` has found in `source`, asked for when it is needed. */
function map(source: string, target: string, pattern: string, otherwise = '""', found = '${1}'): string[] {
  return block(`map ${source} ${target}`, [`\`~${pattern}\` ${found}`, `default ${otherwise}`]);
}

export function cookiePattern(name: string): string {
  return `(?:^|;)\\s*${name.replaceAll('.', '\\.')}\\s*=`;
}

export function parameterInQuery(name: string): string {
  return `(?:^|&)${encodedPattern(name)}(?:=([^&]*))?(?:&|$)`;
}

/** What stands for the value of `subject`. */
export function placeholder(subject: Subject): string {
  switch (subject.kind) {
    case 'method':
    case 'scheme':
      return `{http.request.${subject.kind}}`;
    case 'port':
      return PORT;
    case 'host':
      return HOST;
    case 'path':
      return PATH;
    case 'query':
      return QUERY;
    case 'clientIp':
      return '{http.request.remote.host}';
    case 'header':
      return headerPlaceholder(subject.name);
    case 'cookie':
      return cookiePlaceholder(subject.name);
    case 'parameter':
      return parameterPlaceholder(subject.name);
    case 'route':
    case 'pool':
      return `{http.vars.${subject.kind}}`;
    case 'url':
      return URL_ASKED;
    case 'listener':
      throw new Inexpressible('Caddy does not know names of listeners');
    case 'responseHeader':
      throw new Inexpressible('Caddy decides before there is a response');
  }
}

/** A name inside a placeholder. */
export function named(name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw new Inexpressible(`the name ${JSON.stringify(name)} has no spelling in Caddy`);
  return name;
}
