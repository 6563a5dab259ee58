import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RequestEffects } from '../../proxy-engine/rules/effects.ts';
import { Link } from '../../proxy-engine/rules/link.ts';
import { answerWith, type LiveParts, liveExchange } from '../match/subjects.ts';
import { type RuleDocument, ruleSet } from './rules.ts';

type RequestAction = NonNullable<RuleDocument['request']>[number];
type ResponseAction = NonNullable<RuleDocument['response']>[number];

function act(actions: RequestAction[], parts: LiveParts = {}) {
  const exchange = liveExchange(parts);
  const effects = ruleSet([{ name: 'r', request: actions }]).applyRequest(exchange);
  return { exchange, effects, headers: exchange.outgoing.headers.lines().slice(1) };
}

describe('header actions', () => {
  const given: [string, string][] = [
    ['X-A', '1'],
    ['x-internal-id', '2'],
    ['X-Internal-Key', '3'],
    ['x-a', '4'],
    ['Accept', '*/*'],
  ];
  it.each<[RequestAction, [string, string][]]>([
    [{ set: { 'x-new': '$method' } }, [...given, ['x-new', 'GET']]],
    [{ set: { 'x-a': '9' } }, [['X-A', '9'], given[1]!, given[2]!, given[4]!]],
    [{ append: { 'x-a': '9' } }, [...given, ['x-a', '9']]],
    [{ delete: ['X-INTERNAL-*'] }, [given[0]!, given[3]!, given[4]!]],
    [{ delete: ['accept', 'x-a'] }, [given[1]!, given[2]!]],
    [{ delete: ['x-*-id'] }, [given[0]!, given[2]!, given[3]!, given[4]!]],
    [{ delete: ['*'] }, []],
    [{ delete: ['none'] }, given],
    [
      { replaceHeader: { name: 'x-A', replace: '(\\d)', with: '<$1>' } },
      [['X-A', '<1>'], given[1]!, given[2]!, ['x-a', '<4>'], given[4]!],
    ],
    [{ replaceHeader: { name: 'accept', replace: 'x', with: 'y' } }, given],
  ])('%j', (action, lines) => {
    const { exchange, effects, headers } = act([action], { headers: given });
    expect(headers).toEqual(lines);
    expect(effects).toBeNull();
    expect(exchange.outgoing.headers.get('host')).toBe('api.localhost');
    expect(exchange.request.headers.lines().slice(1)).toEqual(given);
  });

  it('copies nothing when there is nothing to delete', () => {
    const { exchange } = act([{ delete: ['none'] }, { replaceHeader: { name: 'none', replace: 'a', with: 'b' } }], {
      headers: given,
    });
    expect(exchange.outgoing.headers).toBe(exchange.request.headers);
  });

  it.each<[value: string, replace: string, after: string]>([
    ['caféé au', 'é+', 'caf<éé> au'],
    ['caféé au', '^caf.', '<café>é au'],
    ['日本', '.$', '日<本>'],
  ])('reads what is UTF-8 as text: %s', (value, replace, after) => {
    const bytes = (text: string) => Buffer.from(text).toString('latin1');
    const { headers } = act([{ replaceHeader: { name: 'x-a', replace: `(${replace})`, with: '<$1>' } }], {
      headers: [['x-a', bytes(value)]],
    });
    expect(headers).toEqual([['x-a', bytes(after)]]);
  });

  it('replaces in what is not UTF-8 byte by byte', () => {
    const action = { replaceHeader: { name: 'x-a', replace: 'b', with: 'é' } };
    expect(act([action], { headers: [['x-a', 'a\xffb']] }).headers).toEqual([['x-a', 'a\xff\xc3\xa9']]);
  });

  it('writes what is not ASCII as UTF-8', () => {
    expect(act([{ set: { 'x-name': '中' } }]).headers).toEqual([['x-name', Buffer.from('中').toString('latin1')]]);
  });
});

describe('the request line', () => {
  it.each<[RequestAction, target: string, after: string]>([
    [{ path: { replace: '^/v1/', with: '/anything/' } }, '/v1/users?a=1', '/anything/users?a=1'],
    [{ path: { replace: '^/v1/', with: '/anything/' } }, '/v2/users', '/v2/users'],
    [{ path: { replace: '^/(\\w+)/(\\w+)', with: '/$2/$1' } }, '/a/b/c', '/b/a/c'],
    [{ path: { replace: 'a', with: 'b' } }, '/a/a?a=a', '/b/b?a=a'],
    [{ path: { replace: '^/', with: '' } }, '/x', '/x'],
    [{ path: { replace: 'x', with: 'a b?c#d' } }, '/x', '/a%20b%3Fc%23d'],
    [{ path: { set: '/$listener' } }, '/x?q', '/gateway?q'],
    [{ path: { set: '/中' } }, '/x', '/%E4%B8%AD'],
    [{ path: { replace: 'none', with: '' } }, '/\xe9 raw', '/\xe9 raw'],
    [{ query: { set: { debug: '1' } } }, '/x', '/x?debug=1'],
    [{ query: { set: { debug: 'a b&c' } } }, '/x?a=1', '/x?a=1&debug=a%20b%26c'],
    [{ query: { set: { a: '2' } } }, '/x?a=1&b=%20&a=3', '/x?a=2&b=%20'],
    [{ query: { delete: ['utm_source', 'b'] } }, '/x?utm_source=1&a&b', '/x?a'],
    [{ query: { delete: ['a'] } }, '/x?a=1', '/x'],
    [{ query: { set: { m: '$method' }, delete: ['a'] } }, '/x?a=1', '/x?m=GET'],
  ])('%j turns %s into %s', (action, target, after) => {
    const { exchange, effects } = act([action], { target });
    expect(exchange.outgoing.target).toBe(after);
    expect(exchange.request.target).toBe(target);
    expect(effects).toBeNull();
  });

  it('a header in a query is text', () => {
    const { exchange } = act([{ query: { set: { q: '$header[x-name]' }, delete: [] } }], {
      target: '/x',
      headers: [['x-name', Buffer.from('中').toString('latin1')]],
    });
    expect(exchange.outgoing.target).toBe('/x?q=%E4%B8%AD');
  });

  it('method and scheme', () => {
    const { exchange } = act([{ method: 'POST' }, { scheme: 'https' }]);
    expect([exchange.outgoing.method, exchange.outgoing.scheme]).toEqual(['POST', 'https']);
  });

  it.each([
    ['other.test', 'other.test', 80],
    ['Other.test:8080', 'other.test', 8080],
    ['[::1]:99', '::1', 99],
  ])('host %s', (text, host, port) => {
    const { exchange } = act([{ host: text }]);
    expect([exchange.outgoing.authority, exchange.host, exchange.port, exchange.outgoing.headers.get('host')]).toEqual([
      text,
      host,
      port,
      text,
    ]);
  });

  it('leaves the host alone when what comes out is none', () => {
    const { exchange } = act([{ host: '$header[x-target]' }], { headers: [['x-target', 'a b/c']] });
    expect(exchange.outgoing.authority).toBe('api.localhost');
  });
});

describe('effects', () => {
  const cases: [RequestAction, Partial<RequestEffects>][] = [
    [{ pool: 'shop' }, { pool: 'shop' }],
    [{ backend: 'shop/a' }, { pool: 'shop', backend: { pool: 'shop', backend: 'a' } }],
    [{ abort: 'reset' }, { abort: 'reset' }],
    [{ delay: '300ms' }, { delayMs: 300 }],
    [
      { throttle: { down: '1.5Mbps', up: '750kbps', latency: '150ms' } },
      { throttle: { down: new Link(187_500), up: new Link(93_750), latencyMs: 150 } },
    ],
    [{ breakpoint: true }, { breakpoint: true }],
    [{ script: 'a.js' }, { scripts: [{ file: resolve('/base/a.js'), rule: 'r' }] }],
    [{ body: { set: 'for $method' } }, { body: [{ kind: 'set', text: 'for GET' }] }],
    [{ body: { file: 'b.json' } }, { body: [{ kind: 'file', path: resolve('/base/b.json') }] }],
    [{ mapLocal: { file: 'x.js' } }, { local: [{ kind: 'file', path: resolve('/base/x.js') }] }],
    [
      { mapLocal: { dir: './overrides', strip: '/assets' } },
      { local: [{ kind: 'directory', root: resolve('/base/overrides'), path: '/a.js', index: true, missing: 'pass' }] },
    ],
    [
      { mapLocal: { dir: '.', strip: '/ass', missing: 404 } },
      { local: [{ kind: 'directory', root: resolve('/base'), path: '/assets/a.js', index: true, missing: 404 }] },
    ],
  ];
  it.each(cases)('%j', (action, expected) => {
    const exchange = liveExchange({ target: '/assets/a.js' });
    expect(ruleSet([{ name: 'r', request: [action] }], { baseDir: '/base' }).applyRequest(exchange)).toMatchObject(
      expected,
    );
  });

  it('respond', () => {
    const { effects } = act([{ respond: { status: 418, headers: { 'x-for': '$client_ip' }, body: 'hi $$' } }]);
    expect(effects?.answer).toMatchObject({ status: 418, bodyFile: null, error: null });
    expect(effects?.answer?.headers.lines()).toEqual([['x-for', '127.0.0.1']]);
    expect(Buffer.from(effects?.answer?.body ?? []).toString()).toBe('hi $');
  });

  it('adds delays up, and lets later limits win', () => {
    const { effects } = act([
      { delay: '100ms' },
      { throttle: { down: '8kbps' } },
      { delay: '1s' },
      { throttle: { down: '16kbps', latency: '1ms' } },
    ]);
    expect(effects).toMatchObject({ delayMs: 1100, throttle: { down: { bytesPerSecond: 2000 }, latencyMs: 1 } });
  });

  it('replaces in a body with groups and variables', () => {
    const { effects } = act([{ body: { replace: '"id":(\\d+)', with: '"id":"$1@$host"' } }]);
    const [edit] = effects?.body ?? [];
    const steps = edit?.kind === 'replace' ? edit.replace('{"id":1,"id":2}') : null;
    expect(steps?.next()).toEqual({ done: true, value: '{"id":"1@api.localhost","id":"2@api.localhost"}' });
  });

  it.each([
    ['http://other.test:81', false, '/a/b?q=1', 'other.test:81'],
    ['https://other.test/', true, '/a/b?q=1', 'api.localhost'],
    ['https://other.test/base/', false, '/base/a/b?q=1', 'other.test'],
    ['https://other.test/exact', false, '/exact?q=1', 'other.test'],
    ['https://other.test/exact?z=2', false, '/exact?z=2', 'other.test'],
  ])('mapRemote %s, preserveHost %s', (url, preserveHost, target, host) => {
    const { exchange, effects } = act([{ mapRemote: { url, preserveHost } }], { target: '/a/b?q=1' });
    expect(exchange.outgoing.target).toBe(target);
    expect(exchange.outgoing.headers.get('host')).toBe(host);
    const { protocol, hostname, port } = new URL(url);
    expect(effects?.origin).toEqual({
      scheme: protocol.slice(0, -1),
      host: hostname,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    });
  });

  it.each<[RequestAction, object | null]>([
    [{ host: 'other.test' }, null],
    [{ host: '$header[x-none]' }, { host: '10.0.0.1', port: 443 }],
    [{ set: { host: 'other.test' } }, { host: '10.0.0.1', port: 443 }],
    [{ scheme: 'http' }, { host: '10.0.0.1', port: 80 }],
    [{ scheme: 'https' }, { host: '10.0.0.1', port: 443 }],
  ])('%j of a request in a tunnel: then it leads to %j', (action, destination) => {
    const exchange = liveExchange();
    Object.assign(exchange, { destination: { host: '10.0.0.1', port: 443 }, port: 443 });
    ruleSet([{ name: 'r', request: [action] }]).applyRequest(exchange);
    expect(exchange.destination).toEqual(destination);
  });

  it.each<[RequestAction[], string]>([
    [[{ scheme: 'https' }], 'https api.localhost:443'],
    [[{ host: 'other.test' }, { scheme: 'https' }], 'https other.test:443'],
    [[{ scheme: 'https' }, { host: 'other.test' }], 'https other.test:443'],
    [[{ host: 'other.test:80' }, { scheme: 'https' }], 'https other.test:80'],
  ])('%j: to %s', (actions, expected) => {
    const { outgoing, host, port } = act(actions).exchange;
    expect(`${outgoing.scheme} ${host}:${port}`).toBe(expected);
  });

  it('the last word on the destination wins', () => {
    for (const before of [{ pool: 'a' }, { backend: 'a/b' }])
      expect(act([before, { mapRemote: { url: 'http://x.test' } }]).effects).toMatchObject({
        origin: { host: 'x.test' },
        backend: null,
        pool: null,
      });
    expect(act([{ pool: 'a' }, { mapRemote: { url: 'http://x.test' } }]).exchange.pool).toBeUndefined();
    expect(act([{ mapRemote: { url: 'http://x.test' } }, { backend: 'a/b' }, { pool: 'c' }]).effects).toMatchObject({
      origin: null,
      backend: null,
      pool: 'c',
    });
  });

  it('marks with variables, and with colours in the case in which they are asked for', () => {
    const { exchange } = act([{ mark: { color: 'Red', note: '$method for $5, $unknown 中' } }], { method: 'PUT' });
    expect(exchange.mark).toEqual({ color: 'red', note: 'PUT for $5, $unknown 中' });
  });

  it('marks', () => {
    expect(act([{ mark: { color: 'red' } }, { mark: { note: 'n' } }]).exchange.mark).toEqual({
      color: 'red',
      note: 'n',
    });
  });
});

describe('in the response phase', () => {
  const answer = (actions: ResponseAction[]) => {
    const exchange = liveExchange();
    const rules = ruleSet([{ name: 'r', response: actions }]);
    rules.applyRequest(exchange);
    answerWith(exchange, 200, [
      ['Server', 'nginx'],
      ['X-A', '1'],
      ['X-A', '2'],
    ]);
    return { effects: rules.applyResponse(exchange), answered: exchange.answered! };
  };

  it.each<[ResponseAction, [string, string][]]>([
    [
      { set: { 'x-proxy': '$path' } },
      [
        ['Server', 'nginx'],
        ['X-A', '1'],
        ['X-A', '2'],
        ['x-proxy', '/'],
      ],
    ],
    [
      { append: { server: 'b' } },
      [
        ['Server', 'nginx'],
        ['X-A', '1'],
        ['X-A', '2'],
        ['server', 'b'],
      ],
    ],
    [{ delete: ['server', 'x-*'] }, []],
    [
      { replaceHeader: { name: 'x-a', replace: '^', with: 'v' } },
      [
        ['Server', 'nginx'],
        ['X-A', 'v1'],
        ['X-A', 'v2'],
      ],
    ],
  ])('%j', (action, lines) => expect(answer([action]).answered.headers.lines()).toEqual(lines));

  it('status', () =>
    expect(answer([{ status: 503 }]).answered).toMatchObject({ status: 503, reason: 'Service Unavailable' }));

  it.each<[ResponseAction, object]>([
    [{ delay: '1s' }, { delayMs: 1000 }],
    [{ abort: 'close' }, { abort: 'close' }],
    [{ throttle: { down: '8kbps' } }, { throttle: { down: { bytesPerSecond: 1000 } } }],
    [{ breakpoint: true }, { breakpoint: true }],
    [
      { body: { jsonPatch: [{ op: 'remove', path: '/a' }] } },
      { body: [{ kind: 'json-patch', operations: [{ op: 'remove', path: '/a' }] }] },
    ],
  ])('%j', (action, effects) => expect(answer([action]).effects).toMatchObject(effects));
});
