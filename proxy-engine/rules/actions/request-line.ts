/** `method`, `scheme`, `host`, `path`, `query`: the request line. */
import type { LiveExchange } from '../../exchange.ts';
import { compilePattern, isMistake, replaceOnWire } from '../../match/pattern.ts';
import { formDecode } from '../../match/request-fields.ts';
import { compileTemplate } from '../../match/template.ts';
import { type Action, type ActionContext, tellPattern } from '../action.ts';
import { notAnAuthority, parseAuthority } from '../authority.ts';

export function compileMethod(method: string): Action {
  return {
    kind: 'head',
    words: [`method ${method}`],
    changes: [{ op: 'method', name: '', values: [method] }],
    act(exchange) {
      exchange.outgoing.method = method;
    },
  };
}

/** The scheme in which the destination is spoken to. */
export function compileScheme(scheme: string): Action {
  return {
    kind: 'head',
    words: [`scheme ${scheme}`],
    changes: [],
    act(exchange) {
      exchange.outgoing.scheme = scheme;
      if (parseAuthority(exchange.outgoing.authority)?.port === null) setPort(exchange, defaultPort(scheme));
    },
  };
}

function defaultPort(scheme: string): number {
  return scheme === 'https' ? 443 : 80;
}

/** Of the URL, and of a tunnel that led there. */
function setPort(exchange: LiveExchange, port: number): void {
  if (exchange.destination?.port === exchange.port) exchange.destination = { ...exchange.destination, port };
  exchange.port = port;
}

/** Host header and authority: `host[:port]`, variables allowed. What does not come out as an authority changes nothing. */
export function compileHost(text: string, context: ActionContext): Action {
  const template = compileTemplate(text, { phase: context.phase });
  for (const message of template.issues) context.issue(['host'], message);
  if (template.constant !== null && parseAuthority(template.constant) === null)
    context.issue(['host'], notAnAuthority(text));
  return {
    kind: 'head',
    words: [`host ${text}`],
    changes: [{ op: 'authority', name: '', values: template.constant === null ? null : [template.constant] }],
    act(exchange) {
      setAuthority(exchange, template.constant ?? exchange.traceValue(template.render(exchange)));
    },
  };
}

/** Sends the exchange to another host, whose name it says as Host. */
export function setAuthority(exchange: LiveExchange, authority: string): void {
  const parsed = parseAuthority(authority);
  if (parsed === null) return;
  exchange.outgoing.authority = authority;
  // Where a tunnel that it came in by was to lead does not matter any more.
  exchange.destination = null;
  exchange.host = parsed.host;
  exchange.port = parsed.port ?? defaultPort(exchange.outgoing.scheme);
  exchange.writeHost(authority);
}

export type PathConfig = { set: string } | { replace: string; with: string };

/** The path without the query, which stays. */
export function compilePath(config: PathConfig, context: ActionContext): Action {
  const words = 'set' in config ? [`path ${config.set}`] : [`path ${config.replace} → ${config.with}`];
  const rewrite = 'set' in config ? compilePathSet(config.set, context) : compilePathReplace(config, context);
  return {
    kind: 'head',
    words,
    changes: [{ op: 'target', name: '', values: null }],
    act(exchange) {
      const { path } = exchange;
      const text = rewrite(exchange, path);
      if (text !== path) exchange.outgoing.target = withQueryOf(exchange, asPath(text));
      exchange.traceValue(exchange.outgoing.target);
    },
  };
}

function withQueryOf({ query, outgoing }: LiveExchange, path: string): string {
  return query === '' && !outgoing.target.endsWith('?') ? path : `${path}?${query}`;
}

type Rewrite = (exchange: LiveExchange, path: string) => string;

function compilePathSet(text: string, context: ActionContext): Rewrite {
  const template = compileTemplate(text, { phase: context.phase });
  for (const message of template.issues) context.issue(['path', 'set'], message);
  return (exchange) => template.render(exchange);
}

function compilePathReplace(config: { replace: string; with: string }, context: ActionContext): Rewrite {
  const pattern = compilePattern(config.replace);
  if (isMistake(pattern)) {
    tellPattern(pattern, ['path', 'replace'], context);
    return (_exchange, path) => path;
  }
  const template = compileTemplate(config.with, { phase: context.phase, groups: pattern.groupCount });
  for (const message of template.issues) context.issue(['path', 'with'], message);
  return (exchange, path) => replaceOnWire(pattern, path, (groups) => template.render(exchange, groups));
}

/** What may stand in a request target (RFC 3986 §3.3): begins with a slash; spaces, controls, `?`, `#` and bytes that are not ASCII are escaped. */
function asPath(text: string): string {
  // biome-ignore lint: control characters are the point
  const escaped = text.replace(
    /[\0-\x20"#<>?\x7f-\xff]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return escaped.startsWith('/') ? escaped : `/${escaped}`;
}

export interface QueryConfig {
  set: Readonly<Record<string, string>>;
  delete: readonly string[];
}

/** Parameters: the others stay as they were written, in their order. */
export function compileQuery(config: QueryConfig, context: ActionContext): Action {
  const set = Object.entries(config.set).map(([name, text]) => {
    const template = compileTemplate(text, { phase: context.phase, unicode: true });
    for (const message of template.issues) context.issue(['query', 'set', name], message);
    return [name, template] as const;
  });
  const gone = new Set(config.delete);
  return {
    kind: 'head',
    words: [...set.map(([name]) => `set query ${name}`), ...config.delete.map((name) => `delete query ${name}`)],
    changes: [{ op: 'target', name: '', values: null }],
    act(exchange) {
      const values = new Map(set.map(([name, template]) => [name, template.render(exchange)]));
      const query = editQuery(exchange.query, values, gone);
      exchange.outgoing.target = exchange.traceValue(query === '' ? exchange.path : `${exchange.path}?${query}`);
    },
  };
}

/** Sets the first parameter of each name where it stands, drops further ones of that name, adds those that were not there. */
export function editQuery(query: string, values: ReadonlyMap<string, string>, gone: ReadonlySet<string>): string {
  const done = new Set<string>();
  const kept: string[] = [];
  for (const part of query === '' ? [] : query.split('&')) {
    const name = formDecode(part.split('=', 1)[0] ?? '');
    const value = values.get(name);
    if (value === undefined ? gone.has(name) : done.has(name)) continue;
    kept.push(value === undefined ? part : parameter(name, value));
    if (value !== undefined) done.add(name);
  }
  for (const [name, value] of values) if (!done.has(name)) kept.push(parameter(name, value));
  return kept.join('&');
}

function parameter(name: string, value: string): string {
  return `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`;
}
