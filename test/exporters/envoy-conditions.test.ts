/** What the matchers for Envoy find in a request is what Switchyard finds in it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCondition } from '../../proxy-engine/exporters/condition.ts';
import { predicate, routeMatches } from '../../proxy-engine/exporters/envoy/conditions.ts';
import { Inexpressible } from '../../proxy-engine/exporters/notes.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { subject } from '../match/subjects.ts';
import { type Asked, type Predicate, predicateHolds, type RouteMatch, routeHolds } from './envoy-evaluator.ts';

interface Sent {
  host: string;
  port: string;
  path: string;
  query: string;
  cookie?: string | undefined;
  key?: string | undefined;
}

function engineHolds(text: string, { host, path, query, cookie, key }: Sent): boolean {
  const compiled = compileExpression(text, 'request');
  if (!compiled.ok) throw new Error(`${text}: ${compiled.issues[0]?.message}`);
  const requestHeaders = {
    ...(cookie === undefined ? {} : { cookie }),
    ...(key === undefined ? {} : { 'x-key': key }),
  };
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return compiled.holds(subject({ host: bare, path, query: query.slice(1), requestHeaders }));
}

function askedOf({ host, port, path, query, cookie, key }: Sent): Asked {
  return { headers: { ':authority': host + port, ':path': path + query, cookie, 'x-key': key } };
}

function envoyHolds(text: string, sent: Sent): { route: boolean; filter: boolean } {
  const condition = readCondition(text, 'request');
  const asked = askedOf(sent);
  return {
    route: (routeMatches(condition) as RouteMatch[]).some((match) => routeHolds(match, asked)),
    filter: predicateHolds(predicate(condition) as Predicate, asked),
  };
}

const HOSTS = [
  'admin.test',
  'ADMIN.test',
  'api.admin.test',
  'admin.test.evil',
  'internal.test',
  'b',
  '[::1]',
  '[2001:db8::7]',
];
const PORTS = ['', ':', ':80', ':8080'];
const PATHS = ['/', '/admin', '/api/admin', '/admin/x', '/a', '/login', '/a.png', '/admin;x=y'];
const QUERIES = [
  '',
  '?',
  '?x=1',
  '?a=x',
  '?a=xz&b=admin',
  '?b=1&a=y',
  '?a',
  '?next=/admin',
  '?c=/api/admin?y',
  '?a=.png',
  '?%61=%78',
  '?a=%2Fadm%69n',
  '?a=x+y%3D',
];
/** Spaces and quotes around a value are told of. */
const COOKIES = [undefined, 'a=x', 'b=admin; a=y', 'a=xy; b=x', 'xa=x', 'b=x;a =admin; c=1'];

/** Pieces that say something at one of the texts above, anchors among them. */
const PIECES = [
  '^',
  '$',
  'a',
  'x',
  'admin',
  '/',
  '\\.',
  '.',
  '.*',
  '[a-z]+',
  '[^/]*',
  '\\W',
  '\\b',
  'test',
  '::',
  '8',
  '=',
  '(?i)',
  '\\?',
];

const atom = fc.constantFrom(...PIECES);
const { pattern } = fc.letrec<{ pattern: string; branch: string; group: string }>((tie) => ({
  pattern: fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((branches) => branches.join('|')),
  branch: fc
    .array(fc.oneof({ maxDepth: 2 }, atom, tie('group')), { minLength: 1, maxLength: 4 })
    .map((all) => all.join('')),
  group: fc
    .tuple(fc.constantFrom('(', '(?:', '(?i:', '(?P<n>'), tie('pattern'), fc.constantFrom('', '?', '*', '+', '{2}'))
    .map(([open, inside, times]) => `${open}${inside})${times}`),
}));

const field = fc.constantFrom('host', 'path', 'query[a]', 'cookie[a]', 'header[x-key]');
const text = fc.constantFrom('admin', '/admin', 'x', 'a', '.test', 'admin.test', '/', 'y', '::1');
const test = fc.oneof(
  fc
    .tuple(field, fc.constantFrom('~', '~i'), pattern)
    .map(([name, how, value]) => `${name} ${how} ${JSON.stringify(value)}`),
  fc
    .tuple(field, fc.constantFrom('=', '!=', '^=', '$=', '*='), text)
    .map(([name, how, value]) => `${name} ${how} ${JSON.stringify(value)}`),
  fc.constantFrom('has query[a]', 'has cookie[a]', 'has header[x-key]'),
);
const condition = fc.oneof(
  test,
  test.map((one) => `not ${one}`),
  fc.tuple(test, fc.constantFrom('and', 'or', 'and not'), test).map((parts) => parts.join(' ')),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  host: fc.constantFrom(...HOSTS),
  port: fc.constantFrom(...PORTS),
  path: fc.constantFrom(...PATHS),
  query: fc.constantFrom(...QUERIES),
  cookie: fc.constantFrom(...COOKIES),
  key: fc.constantFrom(undefined, 'admin', 'x'),
});

const PLAIN: Sent = { host: 'b', port: '', path: '/', query: '' };

describe('conditions of Envoy', () => {
  it.each<[string, Partial<Sent>]>([
    ['host = admin.test', { host: 'admin.test', port: ':' }],
    ['host = admin.test', { host: 'admin.test', port: ':8080' }],
    ['host = ::1', { host: '[::1]', port: ':8080' }],
    ['host ~ "^(admin|internal)\\\\.test$"', { host: 'admin.test', port: ':8080' }],
    ['path ^= /api/ and path ~ "/(admin|internal)$"', { path: '/api/admin', query: '?x=1' }],
    ['path ~ "^/(a|b)$"', { path: '/a', query: '?x' }],
    ['query[a] ~ "^(x|y)$"', { query: '?b=1&a=y' }],
    ['query[a] ~ "^[w-y]$"', { query: '?%61=%78' }],
    ['cookie[a] ~ "^(x|y)$"', { cookie: 'b=admin; a=y' }],
    ['cookie[a] ~ "^(x|y)$"', { cookie: 'b=1;a = "x" ; c=2' }],
    ['not path ~ "^/(login|health)$" and not header[x-key] = k1', { path: '/x' }],
    ['path ~ "^(/admin$|/api/)" and path ~ "n$"', { path: '/api/admin', query: '?x' }],
  ])('%s holds for %j', (text, parts) => {
    const sent = { ...PLAIN, ...parts };
    expect(engineHolds(text, sent)).toBe(true);
    expect(envoyHolds(text, sent)).toEqual({ route: true, filter: true });
  });

  it.each<[string, Partial<Sent>]>([
    ['not path ~ "^/(login|health)$" and not header[x-key] = k1', { path: '/login', query: '?next=/' }],
    ['not cookie[a] ~ "^(admin|ops)$"', { cookie: 'a=admin' }],
    ['host ~ "8"', { host: 'b', port: ':8080' }],
    ['path ^= / and path ~ "a.*x"', { path: '/a', query: '?x' }],
    ['query[a] ~ "x.*admin"', { query: '?a=xz&b=admin' }],
    ['cookie[a] ~i "^x$"', { cookie: 'A=x' }],
  ])('%s does not hold for %j', (text, parts) => {
    const sent = { ...PLAIN, ...parts };
    expect(engineHolds(text, sent)).toBe(false);
    expect(envoyHolds(text, sent)).toEqual({ route: false, filter: false });
  });

  it('an anchor that is repeated with other things cannot be asked', () => {
    expect(() => routeMatches(readCondition('host ~ "(^|\\\\.)+test"', 'request'))).toThrow(Inexpressible);
  });

  it('holds where the engine’s holds, whatever the condition and the request', () => {
    fc.assert(
      fc.property(condition, fc.array(sent, { minLength: 8, maxLength: 8 }), (text, requests) => {
        const refused = !compileExpression(text, 'request').ok;
        fc.pre(!refused);
        for (const request of requests) {
          const found = attempt(text, request);
          const holds = engineHolds(text, request);
          if (found) expect({ text, request, ...found }).toEqual({ text, request, route: holds, filter: holds });
        }
      }),
      { numRuns: 800, seed: 20_261_130 },
    );
  }, 60_000);
});

/** Null: it cannot be asked. */
function attempt(text: string, request: Sent) {
  try {
    return envoyHolds(text, request);
  } catch (error) {
    if (error instanceof Inexpressible) return null;
    throw error;
  }
}
