/** `set`, `append`, `delete`, `replaceHeader`: header lines, in both phases. Names keep the client's spelling and place. */
import type { LiveExchange } from '../../exchange.ts';
import { sameName } from '../../http/headers.ts';
import { compilePattern, isMistake, replaceOnWire } from '../../match/pattern.ts';
import { compileTemplate, type Template } from '../../match/template.ts';
import { type Action, type ActionContext, headersOf, readHeaders, tellPattern } from '../action.ts';
import { notAnAuthority, parseAuthority } from '../authority.ts';
import { type TracedChange, VALUE_LINE } from '../trace.ts';

/** Written by the proxy to fit the body that is really sent (RFC 9112 §6); a rule that changed them would break the message. */
export const FRAMING_HEADERS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection']);

/** Host is what the backend is told; where the exchange goes stays. What does not come out as an authority changes nothing. */
export function compileSet(headers: Readonly<Record<string, string>>, context: ActionContext): Action {
  const lines = compileLines('set', headers, context);
  return {
    kind: 'head',
    words: lines.map(({ name }) => `set ${name}`),
    changes: lines.map((line) => changeOf(line.isHost ? 'authority' : 'set', line)),
    act(exchange) {
      for (const { name, value, isHost } of lines) {
        const text = valueOf(value, exchange);
        if (!isHost) headersOf(exchange, context.phase).set(name, text);
        else if (parseAuthority(text) !== null) exchange.writeHost(text);
      }
    },
  };
}

export function compileAppend(headers: Readonly<Record<string, string>>, context: ActionContext): Action {
  const lines = compileLines('append', headers, context);
  for (const { name, isHost } of lines) if (isHost) context.issue(['append', name], ONE_HOST);
  return {
    kind: 'head',
    words: lines.map(({ name }) => `append ${name}`),
    changes: lines.map((line) => changeOf('append', line)),
    act(exchange) {
      for (const { name, value } of lines) headersOf(exchange, context.phase).append(name, valueOf(value, exchange));
    },
  };
}

/** Names and patterns with `*`; a pattern never takes Host or a framing header. */
export function compileDelete(names: readonly string[], context: ActionContext): Action {
  names.forEach((name, i) => {
    refuseFraming(name, ['delete', i], context);
    if (isHostLine(name, context)) context.issue(['delete', i], ONE_HOST);
  });
  const tests = names.map((name) => nameTest(name.toLowerCase()));
  const goes = (name: string) => tests.some((test) => test(name));
  return {
    kind: 'head',
    words: names.map((name) => `delete ${name}`),
    changes: names.map((name) => ({ op: 'delete', name, values: [] })),
    act(exchange) {
      const { flat } = readHeaders(exchange, context.phase);
      // No copy of the headers when there is nothing to delete.
      for (let i = 0; i < flat.length; i += 2) {
        if (!goes(flat[i] ?? '')) continue;
        headersOf(exchange, context.phase).deleteWhere(goes);
        return;
      }
    },
  };
}

export interface ReplaceHeaderConfig {
  name: string;
  replace: string;
  with: string;
}

/** RE2 on the value of every line of that name. */
export function compileReplaceHeader(config: ReplaceHeaderConfig, context: ActionContext): Action {
  refuseFraming(config.name, ['replaceHeader', 'name'], context);
  const lowerName = config.name.toLowerCase();
  const isHost = isHostLine(config.name, context);
  const pattern = compilePattern(config.replace);
  if (isMistake(pattern)) tellPattern(pattern, ['replaceHeader', 'replace'], context);
  const template = compileTemplate(config.with, {
    phase: context.phase,
    groups: isMistake(pattern) ? 99 : pattern.groupCount,
  });
  for (const message of template.issues) context.issue(['replaceHeader', 'with'], message);
  return {
    kind: 'head',
    words: [`replace in ${config.name}`],
    changes: [{ op: 'rewrite', name: config.name, values: null }],
    act(exchange) {
      const rewritten: string[] = [];
      if (!isMistake(pattern) && readHeaders(exchange, context.phase).has(lowerName))
        headersOf(exchange, context.phase).rewrite(lowerName, (value) => {
          const text = replaceOnWire(pattern, value, (groups) => template.render(exchange, groups));
          rewritten.push(text);
          return text;
        });
      if (isHost && rewritten.length > 0) exchange.outgoing.hostWritten = true;
      exchange.traceValue(rewritten.join(VALUE_LINE));
    },
  };
}

function changeOf(
  op: 'set' | 'append' | 'authority',
  { name, value }: { name: string; value: Template },
): TracedChange {
  return { op, name, values: value.constant === null ? null : [value.constant] };
}

function valueOf(value: Template, exchange: LiveExchange): string {
  return value.constant ?? exchange.traceValue(value.render(exchange));
}

function compileLines(action: string, headers: Readonly<Record<string, string>>, context: ActionContext) {
  return Object.entries(headers).map(([name, text]): HeaderLine => {
    refuseFraming(name, [action, name], context);
    const value = compileTemplate(text, { phase: context.phase });
    const isHost = isHostLine(name, context);
    if (isHost && value.constant !== null && parseAuthority(value.constant) === null)
      context.issue([action, name], notAnAuthority(text));
    for (const message of value.issues) context.issue([action, name], message);
    return { name, value, isHost };
  });
}

interface HeaderLine {
  name: string;
  value: Template;
  /** The Host of a request. */
  isHost: boolean;
}

const ONE_HOST = 'a request has one Host (RFC 9112 §3.2), which can be set, not appended or deleted';

function isHostLine(name: string, { phase }: ActionContext): boolean {
  return phase === 'request' && sameName(name, 'host');
}

function refuseFraming(name: string, at: readonly (string | number)[], context: ActionContext): void {
  if (FRAMING_HEADERS.has(name.toLowerCase()))
    context.issue(at, `${name.toLowerCase()} is written by the proxy to fit the message; a rule cannot change it`);
}

/** What `delete` takes. `pattern`: in lower case, with or without `*`. */
export function nameTest(pattern: string): (name: string) => boolean {
  if (!pattern.includes('*')) return FRAMING_HEADERS.has(pattern) ? () => false : (name) => sameName(name, pattern);
  const parts = pattern.split('*');
  return (name) => {
    const lowerName = name.toLowerCase();
    return lowerName !== 'host' && !FRAMING_HEADERS.has(lowerName) && wildcardMatches(parts, lowerName);
  };
}

/** `parts` are the texts between the stars. */
function wildcardMatches(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
