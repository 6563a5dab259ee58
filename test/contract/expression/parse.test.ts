import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../proxy-engine/contract/expression/fields.ts';
import { MAX_DEPTH, MAX_LENGTH, parseExpression } from '../../../proxy-engine/contract/expression/parse.ts';
import { printExpression } from '../../../proxy-engine/contract/expression/print.ts';
import type { Expression } from '../../../proxy-engine/contract/expression/syntax.ts';

function mistake(text: string, scope: Scope = 'exchange') {
  const parsed = parseExpression(text, scope);
  if (parsed.ok) throw new Error(`expected a mistake in ${text}`);
  return parsed.issues[0]!;
}

describe('mistakes', () => {
  it.each<[text: string, marked: string, message: RegExp]>([
    ['', '', /expected a condition.*found the end/],
    ['host =', '', /expected a value.*found the end/],
    ['host = a b', 'b', /`and`, `or` or the end, found `b`/],
    ['(failed', '', /`and`, `or` or `\)`, found the end/],
    ['failed)', ')', /or the end, found `\)`/],
    ['failed && sse', '&&', /write `and`/],
    ['failed || sse', '||', /write `or`/],
    ['!failed', '!', /write `not`/],
    ['path contains x', 'contains', /write `\*=`/],
    ['method not in (GET)', 'not', /write `not FIELD in/],
    ['status == 200', '==', /found `==`; write `=`/],
    ['status ==200', '==', /found `==`; write `=`/],
    ['path => /x', '=>', /found `=>`; write `=`/],
    ['header[x] => 1', '=>', /found `=>`; write `=`/],
    ['status => 500', '=>', /found `=>`; write `>=`/],
    ['not status =< 500', '=<', /found `=<`; write `<=`/],
    ['path <> /x', '<>', /found `<>`; write `!=`/],
    ['status >> 500', '>>', /found `>>`; write `>`/],
    ['status << 500', '<<', /found `<<`; write `<`/],
    ['path =~ x', '=~', /found `=~`; write `~`/],
    ['path ~index', '~index', /`~ index`/],
    ['host = "x', '"', /" is not closed/],
    ['host = 127.0.0.1:22210', '127.0.0.1:22210', /write `host = 127\.0\.0\.1 and port = 22210`/],
    [
      '測試資料庫',
      '測試資料庫',
      /found `測試資料庫`; write `body \*= 測試資料庫` for bodies, `"%E6%B8%AC.*AB"` for URLs/,
    ],
    ['failed and übung', 'übung', /write `body \*= übung` for bodies, `"%C3%BCbung"` for URLs/],
    ['\u{1F600}', '\u{1F600}', /found `\u{1F600}`; write `body \*= \u{1F600}`/u],
    ['status＝500', '＝', /found `＝`; write `=`/],
    ['（failed', '（', /write `\(`/],
    ['“hello”', '“', /write `"`/],
    ['status ≥ 500', '≥', /found `≥`; write `>=`/],
    ['path = /a?b=1', '/a?b=1', /path is without the query: write `url \*= \/a\?b=1`/],
    ['path in (/a, "/b?c")', '"/b?c"', /write `url \*= "?\/b\?c"?`/],
    ['path in (a,,b)', ',', /^expected a value, found `,`$/],
    ['path in (,b)', ',', /^expected a value, found `,`$/],
    ['method = GET and host in (a, "[::1]:80")', '"[::1]:80"', /write `host = .*\[::1\].* and port = 80`/],
    ['host $= ":80"', '":80"', /write `port = 80`/],
    ['hosst = x', 'hosst', /no field `hosst`; did you mean `host`\?/],
    ['failled', 'failled', /no flag `failled`; did you mean `failed`\?/],
    ['checkout', 'checkout', /quote it: "checkout"/],
    ['path', 'path', /path needs an operator and a value, as in path/],
    ['failed = 1', 'failed', /failed is a flag/],
    ['header = 1', 'header', /header needs a name in brackets/],
    ['path[x] = 1', 'path[x]', /path takes no name in brackets/],
    ['has path', 'path', /`has` asks for/],
    ['has failed', 'failed', /failed is a flag/],
    ['has header', 'header', /needs a name in brackets/],
    ['has', '', /header\[NAME\]/],
    ['header[', '', /a name, as in header\[host\]/],
    ['header[x', '', /expected `\]`/],
    ['header[x]', '', /expected an operator/],
    ['method in', '', /expected `\(`, as in/],
    ['method in (', '', /expected a value/],
    ['method in (GET', '', /expected `,` or `\)`/],
    ['method in (GET,', '', /expected a value/],
    ['path < 3', '<', /compares numbers and path is text/],
    ['status ^= 5', '^=', /is for text and status is a number/],
    ['status = abc', 'abc', /expected a status such as 404, or a class such as 5xx/],
    ['status = 9xx', '9xx', /expected a status/],
    ['attempts = 5xx', '5xx', /expected a whole number/],
    ['duration > 200', '200', /expected a duration with a unit/],
    ['requestSize > 10KB', '10KB', /expected a size with a unit/],
    ['failed and status in (200, x)', 'x', /expected a status/],
  ])('%s marks %j', (text, marked, message) => {
    const found = mistake(text);
    expect(text.slice(found.from, found.to)).toBe(marked);
    expect(found.message).toMatch(message);
  });

  it('tells every name that is wrong, not the first', () => {
    const parsed = parseExpression('hosst = a and (pth = b or not faild)');
    expect(parsed.ok ? [] : parsed.issues.map(({ from }) => from)).toEqual([0, 15, 30]);
  });

  it.each<[scope: Scope, text: string]>([
    ['request', 'route = api'],
    ['request', 'status = 200'],
    ['request', 'not failed'],
    ['request', 'responseHeader[server] = x'],
    ['request', 'body *= x'],
    ['routed', 'status = 200'],
    ['routed', 'backend = a'],
    ['response', 'responseBody *= x'],
    ['response', 'duration > 1s'],
    ['response', 'completed'],
  ])('a %s scope refuses %s', (scope, text) => expect(mistake(text, scope).message).toMatch(/is not known yet/));

  it.each<[scope: Scope, text: string]>([
    ['request', 'host = a and header[x] = 1 and cookie[a] = b and websocket'],
    ['routed', 'route = api and pool = api'],
    ['response', 'status = 5xx and backend = a and retried'],
  ])('a %s scope takes %s', (scope, text) => expect(parseExpression(text, scope).ok).toBe(true));
});

describe('limits', () => {
  it('refuses what is too long', () => expect(mistake(`"${'a'.repeat(MAX_LENGTH)}"`).message).toMatch(/at most/));

  it('refuses what is nested too deep', () => {
    const deep = (n: number) => `${'('.repeat(n)}failed${')'.repeat(n)}`;
    expect(parseExpression(deep(MAX_DEPTH)).ok).toBe(true);
    expect(mistake(deep(MAX_DEPTH + 1)).message).toMatch(/nested at most/);
    expect(mistake(deep(500)).message).toMatch(/nested at most/);
    expect(parseExpression(deep(30_000)).ok).toBe(false);
    expect(mistake(`${'not '.repeat(1000)}failed`).message).toMatch(/nested at most/);
  });

  it('takes long lists', () => {
    const hosts = Array.from({ length: 1000 }, (_, i) => `h${i}.test`);
    expect(parseExpression(`host in (${hosts.join(', ')})`).ok).toBe(true);
    expect(parseExpression(hosts.map((host) => `host = ${host}`).join(' or ')).ok).toBe(true);
  });
});

const WORDS = [
  'and',
  'or',
  'not',
  'in',
  'has',
  'host',
  'path',
  'status',
  'failed',
  'header[x]',
  'header[',
  ']',
  '(',
  ')',
  ',',
  '=',
  '!=',
  '~',
  '~i',
  '^=',
  '<',
  '"a"',
  '"',
  "'",
  '5xx',
  '200ms',
  '/v1/',
  '\\',
  ' ',
  '\n',
  '&&',
  '中',
  '\u0000',
  '🦊',
  '\ud800',
];

describe('any input', () => {
  it('never throws, and marks a place inside the text', () => {
    const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(' '));
    const glued = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map((words) => words.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, glued, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
        const parsed = parseExpression(text);
        if (parsed.ok) return;
        expect(parsed.issues.length).toBeGreaterThan(0);
        for (const { from, to, message } of parsed.issues) {
          expect(from >= 0 && from <= to && to <= text.length).toBe(true);
          expect(message).not.toBe('');
        }
      }),
      { numRuns: 10_000, seed: 1 },
    );
  });

  it('long garbage ends soon', () => {
    for (const piece of [
      '(',
      ')',
      'a ',
      '= ',
      '"',
      'not ',
      'a and ',
      'header[',
      'x in (',
      ', ',
      '"a" "b" ',
      '🦊',
      '(a or ',
    ]) {
      const parsed = parseExpression(piece.repeat(Math.floor(MAX_LENGTH / piece.length)));
      expect(parsed.ok).toBe(false);
    }
  });
});

const text = fc.string({ unit: 'binary', maxLength: 12 });
const field = fc.constantFrom('path', 'host', 'header[x-a]', 'query', 'query[q]', 'note', 'responseHeader[server]');
const quoted = text.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`);
const leaf = fc.oneof(
  fc.tuple(field, fc.constantFrom('=', '!=', '^=', '$=', '*=', '~', '~i'), quoted).map((parts) => parts.join(' ')),
  fc
    .tuple(field, fc.array(quoted, { minLength: 1, maxLength: 3 }))
    .map(([name, values]) => `${name} in (${values.join(', ')})`),
  fc
    .tuple(fc.constantFrom('=', '!=', '<', '>='), fc.constantFrom('200', '5xx'))
    .map(([op, value]) => `status ${op} ${value}`),
  fc.tuple(fc.constantFrom('<', '>'), fc.constantFrom('200ms', '1.5s')).map(([op, value]) => `duration ${op} ${value}`),
  fc.constantFrom('failed', 'not retried', 'has cookie[a b]'.replace('a b', '"a b"'), '"bare"'),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression')).map((parts) => `(${parts.join(' ')})`),
    fc.tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression')).map((parts) => parts.join(' ')),
    tie('expression').map((inner) => `not (${inner})`),
  ),
}));

/** Without places: those change when parentheses do. */
function shape(term: Expression): unknown {
  return JSON.parse(JSON.stringify(term, (key, value) => (key === 'from' || key === 'to' ? undefined : value)));
}

it('what is printed parses back to the same', () => {
  fc.assert(
    fc.property(expression, (source) => {
      const parsed = parseExpression(source);
      if (!parsed.ok) throw new Error(`${source}: ${parsed.issues[0]?.message}`);
      const printed = printExpression(parsed.expression);
      const again = parseExpression(printed);
      if (!again.ok) throw new Error(`${printed}: ${again.issues[0]?.message}`);
      expect(shape(again.expression)).toEqual(shape(parsed.expression));
    }),
    { numRuns: 3000, seed: 2 },
  );
});
