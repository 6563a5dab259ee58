import { describe, expect, it } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { testRules } from '../../proxy-engine/rules/rule-test.ts';
import { send, startBackend } from '../support/backend.ts';
import { recorded, startEngine } from '../support/engine.ts';
import { configWith } from './rules.ts';

const config = configWith({
  listeners: { gateway: { address: '127.0.0.1:0' } },
  routes: [
    { name: 'api', match: 'host = api.localhost and path ^= /v1/', pool: 'api' },
    { name: 'down', match: 'path = /down', respond: { status: 503, headers: { 'retry-after': '30' } } },
    { name: 'old', match: 'path ~ "^/old/(.*)"', redirect: { location: '/new/$1' } },
  ],
  rules: [
    {
      name: 'rewrite',
      match: 'route = api',
      request: [{ set: { 'x-a': '1' } }, { path: { replace: '^/v1', with: '' } }],
      response: [{ delete: ['server'] }],
    },
    { name: 'slow', match: 'path = /slow', limit: { requests: '1/s' } },
    { name: 'mock', match: 'path = /mock', request: [{ respond: { status: 201, headers: { 'x-m': '1' } } }] },
    { name: 'pin', match: 'path ^= /pin', request: [{ backend: 'api/b' }] },
    { name: 'errors', match: 'status = 5xx', response: [{ set: { 'x-e': '1' } }] },
    { name: 'off', enabled: false, request: [{ set: { 'x-off': '1' } }] },
  ],
});

/** Of two listeners, one a forward one. */
const outward = configWith({
  listeners: { gateway: { address: '127.0.0.1:1' }, proxy: { address: '127.0.0.1:2', mode: 'forward' } },
  routes: [{ name: 'all', listeners: ['gateway'], pool: 'api' }],
  rules: [
    { name: 'listener', match: 'listener = proxy', request: [{ set: { a: '1' } }] },
    { name: 'client', match: 'clientIp = 127.0.0.5', request: [{ set: { b: '1' } }] },
    { name: 'protocol', match: 'protocol = HTTP/2', request: [{ set: { c: '1' } }] },
    { name: 'elsewhere', match: 'path = /moved', request: [{ mapRemote: { url: 'http://[::1]:81' } }] },
    { name: 'backend', match: 'backend = b and attempts = 2 and retried', response: [{ set: { d: '1' } }] },
    { name: 'soon', match: 'ttfb < 5s', response: [{ set: { e: '1' } }] },
    { name: 'error', match: 'error = CONNECT_REFUSED and failed and mocked', response: [{ set: { f: '1' } }] },
  ],
});

function held(input: TestInput): string[] {
  const { rules } = testRules(outward, commands['rule.test'].parse(input), { baseDir: '.', candidates: () => [] });
  return rules.flatMap(({ name, held: holds }) => (holds ? [name] : []));
}

type TestInput = Parameters<(typeof commands)['rule.test']['parse']>[0];

function run(input: Parameters<(typeof commands)['rule.test']['parse']>[0]) {
  return testRules(config, commands['rule.test'].parse(input), { baseDir: '.', candidates: () => [] });
}

describe('the test bench', () => {
  it('tells route, pool, rules, and the head before and after', () => {
    const test = run({ request: { url: 'http://api.localhost/v1/x?y=1', headers: [['Accept', '*/*']] } });
    const { steps, ...decided } = test;
    expect(steps).toHaveLength(2);
    expect(decided).toEqual({
      route: 'api',
      pool: 'api',
      candidates: [],
      routes: [
        { name: 'api', held: true },
        { name: 'down', held: false },
        { name: 'old', held: false },
      ],
      rules: [
        ['rewrite', true],
        ['slow', false],
        ['mock', false],
        ['pin', false],
        ['errors', false],
        ['off', false],
      ].map(([name, held]) => ({ name, held })),
      request: {
        before: {
          method: 'GET',
          target: '/v1/x?y=1',
          version: 'HTTP/1.1',
          headers: [
            ['Host', 'api.localhost'],
            ['Accept', '*/*'],
          ],
        },
        after: {
          method: 'GET',
          target: '/x?y=1',
          version: 'HTTP/1.1',
          headers: [
            ['Host', 'api.localhost'],
            ['Accept', '*/*'],
            ['x-a', '1'],
          ],
        },
      },
    });
  });

  it.each<[what: string, input: Omit<TestInput, 'request'>, rules: string[]]>([
    ['nothing more', {}, []],
    ['a listener', { listener: 'proxy' }, ['listener']],
    ['a client', { clientIp: '127.0.0.5' }, ['client']],
    ['a protocol', { protocol: 'HTTP/2' }, ['protocol']],
    ['an answer', { response: { status: 200 } }, []],
    ['a backend and attempts', { response: { status: 200, backend: 'b', attempts: 2 } }, ['backend']],
    ['a time', { response: { status: 200, ttfbMs: 4999 } }, ['soon']],
    ['an error', { response: { status: 502, error: 'CONNECT_REFUSED' } }, ['error']],
    ['an error of another program', { response: { status: 502, error: 'WHATEVER' } }, []],
  ])('asks rules about %s', (_, input, rules) => {
    expect(held({ request: { url: 'http://api.localhost/v1/' }, ...input })).toEqual(rules);
  });

  it.each<[path: string, listener: string, found: { route?: string; pool?: string; origin?: string }]>([
    ['/', 'gateway', { route: 'all', pool: 'api' }],
    ['/', 'proxy', { origin: 'http://api.localhost:80' }],
    ['/moved', 'gateway', { route: 'all', origin: 'http://[::1]:81' }],
  ])('tells where %s at %s goes', (path, listener, found) => {
    const input = commands['rule.test'].parse({ request: { url: `http://api.localhost${path}` }, listener });
    const { route, pool, origin } = testRules(outward, input, { baseDir: '.', candidates: () => [] });
    expect({ route, pool, origin }).toEqual({ route: undefined, pool: undefined, origin: undefined, ...found });
  });

  it.each<[path: string, host: string, backend: string]>([
    ['/pin', 'b.test:2', 'b'],
    ['/v1/x', 'a.test:1', 'a'],
    ['/there', '[::1]:81', '[::1]:81'],
  ])('tells the head that goes out, and the backend of the answer: %s', (path, host, backend) => {
    const rules = [
      { name: 'pin', match: 'path ^= /pin', request: [{ backend: 'api/b' }] },
      { name: 'there', match: 'path = /there', request: [{ mapRemote: { url: 'http://[::1]:81' } }] },
      { name: 'all', request: [{ set: { a: '1' } }], response: [{ set: { b: '$backend' } }] },
    ];
    const pools = { api: { backends: [{ url: 'http://a.test:1' }], preserveHost: false } };
    const told = configWith({ routes: [{ name: 'api', pool: 'api' }], pools, rules });
    const both = [
      { name: 'a', address: 'a.test:1' },
      { name: 'b', address: 'b.test:2' },
    ];
    const input = commands['rule.test'].parse({
      request: { url: path, headers: [['Connection', 'close']] },
      response: { status: 200 },
    });
    const { steps, response } = testRules(told, input, {
      baseDir: '.',
      candidates: (_pool, _exchange, only) => both.filter(({ name }) => name === (only ?? 'a')),
    });
    const sent = steps.findLast(({ phase }) => phase === 'request')?.after?.headers ?? [];
    expect(sent.filter(([name]) => name === 'Host' || name === 'Connection')).toEqual([['Host', host]]);
    expect(response?.after.headers).toEqual([['b', backend]]);
  });

  it('tells what happens to a response', () => {
    const test = run({
      request: { url: 'http://api.localhost/v1/' },
      response: { status: 502, headers: [['Server', 'x']] },
    });
    expect(test.response).toEqual({
      before: { status: 502, reason: 'Bad Gateway', version: 'HTTP/1.1', headers: [['Server', 'x']] },
      after: { status: 502, reason: 'Bad Gateway', version: 'HTTP/1.1', headers: [['x-e', '1']] },
    });
    expect(test.rules.filter(({ held }) => held).map(({ name }) => name)).toEqual(['rewrite', 'errors']);
  });

  it.each([
    ['/mock', { status: 201, headers: [['x-m', '1']] }],
    ['/down', { status: 503, headers: [['retry-after', '30']] }],
    ['/old/a', { status: 302, headers: [['Location', '/new/a']] }],
  ])('tells the answer to %s', (url, answer) => expect(run({ request: { url } }).answer).toEqual(answer));

  it('lets rules for responses act on an answer', () => {
    expect(run({ request: { url: '/down' } }).response?.after.headers).toEqual([
      ['retry-after', '30'],
      ['x-e', '1'],
    ]);
  });

  it('tells what each action does to the heads', () => {
    const { steps } = run({
      request: { url: 'http://api.localhost/v1/' },
      response: { status: 502, headers: [['Server', 'x']] },
    });
    expect(steps.map(({ phase, rule, action }) => [phase, rule, action])).toEqual([
      ['request', 'rewrite', 'set x-a'],
      ['request', 'rewrite', 'path ^/v1 → '],
      ['response', 'rewrite', 'delete server'],
      ['response', 'errors', 'set x-e'],
    ]);
    expect(steps.map(({ before, after }) => [before?.line, before?.headers.length, after?.headers.length])).toEqual([
      ['GET /v1/', 1, 2],
      ['GET /v1/', 2, 2],
      ['502 Bad Gateway', 1, 0],
      ['502 Bad Gateway', 0, 1],
    ]);
    expect(steps[1]?.after?.line).toBe('GET /');
  });

  it('a rule that does not hold and one that is off leave no step', () =>
    expect(run({ request: { url: '/other' } }).steps).toEqual([]));

  it('tells the same steps as a recorded exchange, but for what goes to the client', async () => {
    const backend = await startBackend('a');
    const rules = [
      { name: 'one', request: [{ set: { 'x-a': '$method' } }, { method: 'PUT' }, { path: { set: '/p' } }] },
      { name: 'two', match: 'header[x-a] = GET', request: [{ delete: ['x-a', 'x-mine'] }, { mark: { color: 'red' } }] },
      { name: 'three', response: [{ append: { 'x-b': 'c' } }, { status: 201 }, { delete: ['content-type'] }] },
    ];
    const { engine, port, close } = await startEngine([backend.port], { rules: rules as never });
    const { status, headers } = await send(`127.0.0.1:${port}`, '/x', {
      headers: { 'x-mine': '1', 'x-request-id': 'mine' },
    });
    expect(status).toBe(201);
    const exchange = await recorded(engine);
    const test = engine.testRule(
      commands['rule.test'].parse({
        request: { url: `http://127.0.0.1:${port}/x`, headers: exchange.request.headers },
        response: { status: 200, headers: exchange.received?.headers },
      }),
    );
    expect(headers['x-b']).toBe('c');
    expect(test.steps).toEqual(exchange.steps.filter(({ action }) => action !== 'reply'));
    await close();
    await backend.close();
  });

  it('an answer of our own is told before rules act on it', () => {
    expect(run({ request: { url: '/down' } }).steps.map(({ action, after }) => [action, after?.line])).toEqual([
      ['prepare', '503 Service Unavailable'],
      ['set x-e', '503 Service Unavailable'],
    ]);
  });

  it('tells the backend that a rule names', () =>
    expect(run({ request: { url: '/pin' } })).toMatchObject({ pool: 'api', backend: 'b' }));

  it('counts nothing and limits nothing', () => {
    for (let i = 0; i < 3; i++) {
      const test = run({ request: { url: '/slow' } });
      expect(test.answer).toBeUndefined();
      expect(test.rules[1]).toEqual({ name: 'slow', held: true });
    }
  });

  it.each([
    ['//x', '//x'],
    ['/%', '/%'],
    ['/a/../b', '/a/../b'],
    ['http://a/ b', '/%20b'],
    ['http://a/中?q=é#part', '/%E4%B8%AD?q=%C3%A9'],
    ['/中', '/%E4%B8%AD'],
    ['https://a.test', '/'],
  ])('takes a URL as a browser sends it: %s', (url, target) => {
    expect(run({ request: { url } }).request.before.target).toBe(target);
  });

  it.each<[request: object, where: string, message: RegExp]>([
    [{ url: '' }, 'request.url', /expected a path such as/],
    [{ url: 'not a url' }, 'request.url', /expected a path such as/],
    [{ url: 'http://' }, 'request.url', /expected a path such as/],
    [{ url: 'ftp://a/' }, 'request.url', /expected a path such as/],
    [{ url: 'http://a:99999/' }, 'request.url', /expected a path such as/],
    [{ url: '/', method: 'G ET' }, 'request.method', /expected a method/],
    [{ url: '/', headers: [['no colon', '']] }, 'request.headers.0.0', /expected the name of a header/],
    [{ url: '/', headers: [['a', 'b\r\nc: d']] }, 'request.headers.0.1', /without line breaks/],
  ])('refuses what nobody could send: %j', (request, where, message) => {
    const { error } = commands['rule.test'].safeParse({ request });
    expect(error?.issues.map((issue) => [issue.path.join('.'), issue.message])).toEqual([
      [where, expect.stringMatching(message)],
    ]);
  });

  it('tells the pools of a split with their shares, unless the request decides', () => {
    const split = [
      { pool: 'web', weight: 95 },
      { pool: 'next', weight: 5 },
      { pool: 'idle', weight: 0 },
    ];
    const shared = configWith({
      routes: [
        { name: 'kept', match: 'path ^= /kept', split, stickyBy: 'header[x-user]' },
        { name: 'turns', split },
      ],
      pools: Object.fromEntries(split.map(({ pool }) => [pool, { backends: [{ url: 'http://127.0.0.1:1' }] }])),
      rules: [{ name: 'pinned', match: 'path = /pinned', request: [{ pool: 'web' }] }],
    });
    const candidates = (pool: string) => [{ name: `${pool}-1`, address: '127.0.0.1:1' }];
    const tell = (url: string, headers: [string, string][] = []) => {
      const input = commands['rule.test'].parse({ request: { url, headers } });
      const { pool, split: told, backend } = testRules(shared, input, { baseDir: '.', candidates });
      return { pool, told, backend };
    };
    const both = [
      { pool: 'web', share: 0.95, candidates: ['web-1'] },
      { pool: 'next', share: 0.05, candidates: ['next-1'] },
    ];
    expect(tell('/shop')).toEqual({ pool: undefined, told: both, backend: undefined });
    expect(tell('/kept')).toEqual({ pool: undefined, told: both, backend: undefined });
    expect(tell('/kept', [['X-User', 'ada']])).toMatchObject({ pool: 'web', told: undefined });
    expect(tell('/pinned')).toEqual({ pool: 'web', told: undefined, backend: 'web-1' });
  });

  it('tells which local files would answer, and asks no backend where only they can', () => {
    const local = configWith({
      routes: [{ name: 'all', pool: 'web' }],
      pools: { web: { backends: [{ url: 'http://127.0.0.1:1' }] } },
      rules: [
        { name: 'may', match: 'path ^= /may/', request: [{ mapLocal: { dir: '/maps', strip: '/may' } }] },
        { name: 'must', match: 'path ^= /must/', request: [{ mapLocal: { dir: '/maps', missing: 404 } }] },
        { name: 'one', match: 'path ^= /one', request: [{ mapLocal: { file: '/a.json' } }] },
      ],
    });
    const tell = (url: string, method = 'GET') => {
      const input = commands['rule.test'].parse({ request: { url, method, headers: [] } });
      const { pool, localFiles } = testRules(local, input, { baseDir: '.', candidates: () => [] });
      return [pool, localFiles];
    };
    expect(tell('/may/a.txt')).toEqual(['web', ['/maps/a.txt']]);
    expect(tell('/may/a.txt', 'POST')).toEqual(['web', undefined]);
    expect(tell('/must/a.txt')).toEqual([undefined, ['/maps/must/a.txt']]);
    expect(tell('/one')).toEqual([undefined, ['/a.json']]);
  });
});
