import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIELDS, FLAGS } from '../../proxy-engine/contract/expression/fields.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { type SubjectParts, subject } from './subjects.ts';

function holds(text: string, parts: SubjectParts = {}): boolean {
  const compiled = compileExpression(text, 'exchange');
  if (!compiled.ok) throw new Error(`${text}: ${compiled.issues.map(({ message }) => message).join('; ')}`);
  return compiled.holds(subject(parts));
}

type Case = [text: string, parts: SubjectParts, held: boolean];

describe('fields', () => {
  const cases: Case[] = [
    ['method = GET', {}, true],
    ['method = get', {}, true],
    ['method = POST', {}, false],
    ['method = get', { method: 'get' }, true],
    ['method = GET', { method: 'get' }, true],
    ['method != GET', { method: 'get' }, false],
    ['method in (PUT, Get)', { method: 'get' }, true],
    ['method ^= GE', { method: 'get' }, true],
    ['method ~ "^GET$"', { method: 'get' }, true],
    ['scheme = HTTP', {}, true],
    ['host = API.localhost', {}, true],
    ['host $= .localhost', {}, true],
    ['host = "[::1]"', { host: '::1' }, true],
    ['host != "[::1]"', { host: '::1' }, false],
    ['host in (a, "[::1]")', { host: '::1' }, true],
    ['port = 80', {}, true],
    ['port ^= 8', {}, true],
    ['path ^= /v1/', { path: '/v1/users' }, true],
    ['path ^= /v1/', { path: '/v2/users' }, false],
    ['query *= debug', { query: 'a=1&debug=1' }, true],
    ['query[debug] = 1', { query: 'a=1&debug=1' }, true],
    ['query[q] = "a b"', { query: 'q=a+b' }, true],
    ['query[q] = 中', { query: 'q=%E4%B8%AD' }, true],
    ['query[none] = 1', { query: 'a=1' }, false],
    ['url *= localhost', {}, true],
    ['protocol = http/1.1', {}, true],
    ['listener = gateway', {}, true],
    ['route = api', { route: 'api' }, true],
    ['pool = api', { pool: 'shop' }, false],
    ['backend = a', { backend: 'a' }, true],
    ['rule = "Header rewrite"', { rules: ['x', 'Header rewrite'] }, true],
    ['rule = nope', { rules: ['x'] }, false],
    ['rule != nope', { rules: ['x'] }, true],
    ['rule != x', { rules: ['x', 'y'] }, false],
    ['error = connect_refused', { error: 'CONNECT_REFUSED' }, true],
    ['clientIp = 127.0.0.1', {}, true],
    ['contentType ^= Application/JSON', { contentType: 'application/json; charset=utf-8' }, true],
    ['note *= todo', { note: 'a todo' }, true],
    ['color = RED', { color: 'red' }, true],
    ['header[X-User] = alice', { requestHeaders: { 'x-user': 'alice' } }, true],
    ['header[server] = nginx', { responseHeaders: { server: 'nginx' } }, true],
    ['header[x] = é', { requestHeaders: { x: Buffer.from('é').toString('latin1') } }, true],
    ['header[x] = é', { requestHeaders: { x: '\xe9' } }, true],
    ['header[x] != é', { requestHeaders: { x: '\xe9' } }, false],
    ['header[x] = Ã©', { requestHeaders: { x: Buffer.from('é').toString('latin1') } }, false],
    ['path $= "é"', { path: '/caf\xe9' }, true],
    ['path ^= "/é"', { path: '/\xe9t\xe9' }, true],
    ['path *= "é中"', { path: '/\xe9' }, false],
    ['requestHeader[server] = nginx', { responseHeaders: { server: 'nginx' } }, false],
    ['responseHeader[server] = nginx', { responseHeaders: { server: 'nginx' } }, true],
    ['cookie[id] = 7', { requestHeaders: { cookie: 'a=1; id=7' } }, true],
    ['cookie[id] = 7', { requestHeaders: { cookie: 'aid=7' } }, false],
    ['body *= total', { responseBody: '{"total":1}' }, true],
    ['body *= total', { requestBody: '{"total":1}' }, true],
    ['requestBody *= total', { responseBody: '{"total":1}' }, false],
    ['responseBody *= 缺貨', { responseBody: '缺貨中' }, true],
    ['status = 404', { status: 404 }, true],
    ['attempts > 1', { attempts: 2 }, true],
    ['duration > 200ms', { durationMs: 200 }, false],
    ['duration >= 0.2s', { durationMs: 200 }, true],
    ['duration < 1m', { durationMs: 59_999 }, true],
    ['duration < 1h', { durationMs: 3_599_999 }, true],
    ['ttfb <= 1s', { ttfbMs: 1000 }, true],
    ['requestSize = 10KiB', { requestSizeBytes: 10_240 }, true],
    ['requestSize = 10kib', { requestSizeBytes: 10_240 }, true],
    ['responseSize < 2MiB', { responseSizeBytes: 2 * 1024 ** 2 }, false],
    ['responseSize < 1GiB', { responseSizeBytes: 512 }, true],
    ['responseSize = 512B', { responseSizeBytes: 512 }, true],
  ];
  it.each(cases)('%s of %j is %s', (text, parts, held) => expect(holds(text, parts)).toBe(held));

  it('covers every field', () => {
    const asked = cases.map(([text]) => text.split(/[ [=]/)[0]);
    expect(Object.keys(FIELDS).filter((name) => !asked.includes(name))).toEqual([]);
  });
});

describe('operators', () => {
  it.each<Case>([
    ['path = /a', { path: '/a' }, true],
    ['path = /a', { path: '/A' }, false],
    ['path != /a', { path: '/b' }, true],
    ['path ^= /a', { path: '/ab' }, true],
    ['path $= .js', { path: '/a.js' }, true],
    ['path *= sho', { path: '/shop' }, true],
    ['path ~ "^/old/(.*)"', { path: '/old/x' }, true],
    ['path ~ "^/old/(.*)"', { path: '/OLD/x' }, false],
    ['path ~i "^/old/(.*)"', { path: '/OLD/x' }, true],
    ['path ~ "a|b"', { path: '/b' }, true],
    ['path ~ "^/ab?$"', { path: '/a' }, true],
    ['path ~ "^/ab*c"', { path: '/ac' }, true],
    ['path ~ "\\.js$"', { path: '/a.js' }, true],
    ['host ~ "^API"', {}, true],
    ['header[x] ~ "^é.$"', { requestHeaders: { x: Buffer.from('éé').toString('latin1') } }, true],
    ['path in (/a, "/b")', { path: '/b' }, true],
    ['path in (/a, /b)', { path: '/c' }, false],
    ['status in (200, 3xx)', { status: 302 }, true],
    ['status in (200, 3xx)', { status: 201 }, false],
    ['status = 5xx', { status: 599 }, true],
    ['status = 5XX', { status: 499 }, false],
    ['status != 5xx', { status: 500 }, false],
    ['status < 5xx', { status: 499 }, true],
    ['status <= 5xx', { status: 599 }, true],
    ['status > 4xx', { status: 499 }, false],
    ['status >= 4xx', { status: 400 }, true],
    ['"api.localhost"', {}, true],
    ["'nowhere'", {}, false],
    ['not path = /a', { path: '/a' }, false],
    ['NOT (path = /a OR path = /b)', { path: '/c' }, true],
    ['path = /a or path = /b and method = POST', { path: '/a' }, true],
    ['(path = /a or path = /b) and method = POST', { path: '/a' }, false],
    ['path = /a AND method = GET and port = 80', { path: '/a' }, true],
    ['path = /a or method = POST or port = 81', { path: '/b' }, false],
    ['PATH = /a', { path: '/a' }, true],
    ['path = "a\\"b"', { path: 'a"b' }, true],
  ])('%s of %j is %s', (text, parts, held) => expect(holds(text, parts)).toBe(held));
});

describe('what is absent', () => {
  it.each<Case>([
    ['header[x] = a', {}, false],
    ['header[x] != a', {}, true],
    ['header[x] ~ ".*"', {}, false],
    ['header[x] *= ""', {}, false],
    ['header[x] in (a, b)', {}, false],
    ['has header[x]', {}, false],
    ['has header[x]', { requestHeaders: { x: '' } }, true],
    ['has header[x]', { responseHeaders: { x: '' } }, true],
    ['has query[a]', { query: 'a' }, true],
    ['has query[a]', { query: 'b=a' }, false],
    ['has cookie[a]', { requestHeaders: { cookie: 'a=' } }, true],
    ['status = 200', {}, false],
    ['status != 200', {}, true],
    ['status < 500', {}, false],
    ['status in (200)', {}, false],
    ['duration > 0ms', {}, false],
    ['backend != a', {}, true],
  ])('%s of %j is %s', (text, parts, held) => expect(holds(text, parts)).toBe(held));
});

describe('flags', () => {
  const flags = Object.keys(FLAGS).filter((flag) => flag !== 'retried');
  it.each(flags)('%s', (flag) => {
    expect(holds(flag, { [flag]: true })).toBe(true);
    expect(holds(flag.toUpperCase(), { [flag]: false })).toBe(false);
    expect(holds(`not ${flag}`, { [flag]: false })).toBe(true);
  });

  it('retried means more than one attempt', () => {
    expect(holds('retried', { attempts: 2 })).toBe(true);
    expect(holds('retried', { attempts: 1 })).toBe(false);
  });
});

describe('patterns', () => {
  it.each([
    ['path ~ "(?=a)"', '        ^^^', /ahead/],
    ['path ~ "x(a)\\\\1"', '            ^^^', /RE2 has no/],
    ['path ~ "a{1001}"', '         ^^^^^^', /counts from 0/],
    ['path ~ "a[z-a]"', '          ^^^', /backwards/],
    ['path ~ "((a{100}){100}){100}"', '                 ^^^^^', /inside each other/],
    ['host = a and path ~ "a\\p{Foo}b"', '                      ^^^^^^^', /no class `\\p\{Foo\}`/],
    ['path ~ "(abc){990}"', '        ^^^^^^^^^^', /too large/],
  ])('refuses %s where the mistake is', (text, place, message) => {
    const compiled = compileExpression(text, 'exchange');
    if (compiled.ok) throw new Error('accepted');
    const [issue] = compiled.issues;
    expect(issue?.message).toMatch(message);
    expect(issue).toMatchObject({ from: place.indexOf('^'), to: place.length });
  });

  it('matches in time linear in the text', () => {
    const compiled = compileExpression('path ~ "^(a+)+$"', 'exchange');
    expect(compiled.ok && compiled.holds(subject({ path: `${'a'.repeat(50_000)}!` }))).toBe(false);
  });
});

describe('a literal before the pattern', () => {
  // The prefilter must never say no where the pattern says yes.
  const piece = fc.constantFrom('a', 'b', '/', '\\.', '.', 'a?', 'b*', '(ab)', 'a{0,1}', '[ab]', '|', '\\d', '^', '$');
  it('does not change what matches', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.stringMatching(/^[ab./]{0,8}$/),
        (pieces, text) => {
          const source = pieces.join('');
          const plain = compileExpression(`path ~ "${source.replaceAll('\\', '\\\\')}"`, 'exchange');
          // A pattern that begins with a group gets no prefilter.
          const unfiltered = compileExpression(`path ~ "(?:${source.replaceAll('\\', '\\\\')})"`, 'exchange');
          expect(plain.ok).toBe(unfiltered.ok);
          if (plain.ok && unfiltered.ok)
            expect(plain.holds(subject({ path: text }))).toBe(unfiltered.holds(subject({ path: text })));
        },
      ),
      { numRuns: 2000, seed: 5 },
    );
  });
});
