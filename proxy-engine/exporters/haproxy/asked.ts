/** What conditions ask of the request and HAProxy has no sample for: variables, made anew when an action has changed it. */
import type { RequestActionConfig } from '../../contract/config.ts';
import { type Subject, testsOf } from '../condition.ts';
import { encodedPattern } from '../encoded.ts';
import type { Notes } from '../notes.ts';
import type { Plan } from '../plan.ts';
import { changedSubjects } from '../rule-order.ts';
import { askedVariable, cookie, escapeText, patternArgument, word } from './text.ts';

/** When the request has come. */
export function askedLines(plan: Plan): string[] {
  return [...urlLines(plan), ...portLines(plan), ...firstLines(plan, ['parameter', 'cookie'])];
}

/** Behind an action that may have changed it. */
export function askedAnew(plan: Plan, action: RequestActionConfig): string[] {
  const changed = new Set(changedSubjects(action));
  const first = firstLines(
    plan,
    (['parameter', 'cookie'] as const).filter((kind) => changed.has(kind)),
  );
  const forgotten = first.flatMap((line) => /set-var\((\S+)\)/.exec(line)?.[1] ?? []);
  return [
    ...('host' in action ? portLines(plan) : []),
    ...('host' in action || 'path' in action || 'query' in action ? urlLines(plan) : []),
    ...[...new Set(forgotten)].map((variable) => `http-request unset-var(${variable})`),
    ...first,
  ];
}

/** Every one has a port, where conditions ask for it. */
function portLines(plan: Plan): string[] {
  if (!asks(plan, 'port')) return [];
  const standard = '"%[var(txn.to)]:%[ssl_fc,iif(443,80)]"';
  return [`http-request set-var-fmt(txn.to) ${standard} if { var(txn.to),port_only -m int 0 }`];
}

/** The whole URL, where conditions ask for it. */
function urlLines(plan: Plan): string[] {
  if (!asks(plan, 'url')) return [];
  return ['http-request set-var-fmt(txn.url) "%[ssl_fc,iif(https,http)]://%[var(txn.to)]%[pathq]"'];
}

function asks(plan: Plan, kind: Subject['kind']): boolean {
  return subjectsOf(plan).some((subject) => subject.kind === kind);
}

function subjectsOf({ routes, rules }: Plan): Subject[] {
  const tests = [...routes, ...rules].flatMap(({ condition }) => [...testsOf(condition)]);
  return tests.flatMap((test) => (test.kind === 'status' ? [] : [test.subject]));
}

/** The first parameter or cookie of each name that is asked for: HAProxy's own samples try all of them, and find no empty ones. */
function firstLines(plan: Plan, kinds: readonly ('parameter' | 'cookie')[]): string[] {
  const lines = subjectsOf(plan).flatMap((subject) => {
    if (subject.kind === 'parameter' && kinds.includes('parameter')) return [parameterLine(subject.name)];
    return subject.kind === 'cookie' && kinds.includes('cookie') ? [cookieLine(subject.name)] : [];
  });
  return [...new Set(lines)];
}

function parameterLine(name: string): string {
  const text = encodedPattern(name);
  const first = `query,regsub(${patternArgument(`^(?:.*?&)??${text}(?:=([^&]*))?(?:&.*)?$`)},'\\1'),url_dec(1)`;
  const isThere = `{ query -m reg ${word(`(?:^|&)${text}(?:=|&|$)`)} }`;
  return `http-request set-var(${askedVariable('parameter', name)}) ${word(first)} if ${isThere}`;
}

function cookieLine(name: string): string {
  const isThere = `{ req.fhdr(cookie,1) -m reg ${word(`(?:^|;)\\s*${escapeText(name)}\\s*=`)} }`;
  return `http-request set-var(${askedVariable('cookie', name)}) ${word(cookie(name))} if ${isThere}`;
}

/** Of cookies, in one request. */
const MOST_LINES = 4;

/** One line of cookies out of several, as HTTP/2 has them (RFC 9113 §8.2.3), where `lines` look at it. */
export function joinedCookies(notes: Notes, lines: readonly string[]): string[] {
  if (!lines.some((line) => line.includes('fhdr(cookie'))) return [];
  const tooMany = `more than ${MOST_LINES} lines of cookies`;
  notes.approximate('rules', tooMany, 'HAProxy looks at one that it makes of a few, and answers 400 to more');
  const joined = Array.from({ length: MOST_LINES - 1 }, (_, i) => {
    const all = Array.from({ length: i + 2 }, (_, n) => `%[req.fhdr(cookie,${n + 1})]`).join('; ');
    return `http-request set-header cookie "${all}" if { req.fhdr_cnt(cookie) eq ${i + 2} }`;
  });
  return [`http-request deny deny_status 400 if { req.fhdr_cnt(cookie) gt ${MOST_LINES} }`, ...joined];
}
