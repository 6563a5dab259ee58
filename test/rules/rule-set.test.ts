import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../proxy-engine/clock.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { answerWith, type LiveParts, liveExchange } from '../match/subjects.ts';
import { type RuleDocument, ruleSet } from './rules.ts';

function clockAt(): Clock & { at: number } {
  return {
    at: 0,
    now() {
      return this.at;
    },
    epoch: () => 0,
    every: () => () => {},
    after: () => () => {},
  };
}

describe('the first example that users are given', () => {
  const rules = ruleSet([
    {
      name: 'Header rewrite',
      match: 'path ^= /v1/ and method in (GET, POST)',
      request: [
        { set: { 'x-proxy-added': 'switchyard', 'user-agent': 'Switchyard/1.0', 'x-request-id': '$uuid' } },
        { delete: ['x-secret-internal'] },
        { path: { replace: '^/v1/', with: '/anything/' } },
      ],
      response: [{ set: { 'x-proxy': 'switchyard' } }, { delete: ['server'] }],
    },
  ]);
  const exchange = liveExchange({
    target: '/v1/x?a=1',
    headers: [
      ['User-Agent', 'curl'],
      ['X-Secret-Internal', '1'],
      ['Accept', '*/*'],
    ],
  });

  it('changes the request, and what the client sent stays', () => {
    expect(rules.applyRequest(exchange)).toBeNull();
    expect(exchange.outgoing.target).toBe('/anything/x?a=1');
    const [host, agent, accept, added, id] = exchange.outgoing.headers.lines();
    expect([host, agent, accept, added]).toEqual([
      ['Host', 'api.localhost'],
      ['User-Agent', 'Switchyard/1.0'],
      ['Accept', '*/*'],
      ['x-proxy-added', 'switchyard'],
    ]);
    expect(id?.[1]).toMatch(/^[0-9a-f-]{36}$/);
    expect(exchange.request.headers.lines()).toEqual([
      ['Host', 'api.localhost'],
      ['User-Agent', 'curl'],
      ['X-Secret-Internal', '1'],
      ['Accept', '*/*'],
    ]);
    expect(exchange.request.target).toBe('/v1/x?a=1');
  });

  it('changes the response, though the path is another by now', () => {
    answerWith(exchange, 200, [
      ['Server', 'gunicorn'],
      ['Date', 'now'],
    ]);
    expect(rules.applyResponse(exchange)).toBeNull();
    expect(exchange.answered?.headers.lines()).toEqual([
      ['Date', 'now'],
      ['x-proxy', 'switchyard'],
    ]);
  });

  it('leaves a trace of each phase, and counts once', () => {
    expect(exchange.traces?.map(({ actions, ...rule }) => ({ ...rule, actions: actions.flatMap(wordsOf) }))).toEqual([
      {
        name: 'Header rewrite',
        phase: 'request',
        actions: [
          'set x-proxy-added',
          'set user-agent',
          'set x-request-id',
          'delete x-secret-internal',
          'path ^/v1/ → /anything/',
        ],
      },
      { name: 'Header rewrite', phase: 'response', actions: ['set x-proxy', 'delete server'] },
    ]);
    expect(rules.state()[0]?.hits).toBe(1);
  });

  it('leaves nothing where it does not hold', () => {
    const other = liveExchange({ target: '/v2/' });
    expect(rules.applyRequest(other)).toBeNull();
    expect(other.traces).toBeNull();
    expect(other.responseRules).toBeNull();
    expect(other.outgoing.headers).toBe(other.request.headers);
    expect(rules.applyResponse(answerWith(other, 200))).toBeNull();
    expect(rules.state()[0]?.hits).toBe(1);
  });
});

describe('order', () => {
  const ran = (rules: RuleDocument[], parts: LiveParts = {}) => {
    const exchange = liveExchange(parts);
    ruleSet(rules).applyRequest(exchange);
    return exchange.traces?.map(({ name }) => name) ?? [];
  };
  const add = (header: string): RuleDocument['request'] => [{ set: { [header]: '1' } }];

  it.each<[what: string, first: RuleDocument['request'], match: string]>([
    ['headers', [{ set: { 'x-a': '1' } }], 'header[x-a] = 1'],
    ['path', [{ path: { set: '/new' } }], 'path = /new'],
    ['query', [{ query: { set: { a: '1' } } }], 'query[a] = 1'],
    ['method', [{ method: 'PATCH' }], 'method = PATCH'],
    ['host', [{ host: 'new.test:81' }], 'host = new.test and port = 81'],
    ['url', [{ scheme: 'https' }], 'url ^= https://'],
    ['pool', [{ pool: 'shop' }], 'pool = shop'],
    ['mapRemote', [{ mapRemote: { url: 'http://r.test/base/' } }], 'host = r.test and path ^= /base/'],
  ])('later rules see %s as earlier ones left them', (_what, first, match) => {
    const rules = [
      { name: 'late but first', match, request: add('x-z') },
      { name: 'one', request: first },
      { name: 'two', match, request: add('x-y') },
    ];
    expect(ran(rules)).toEqual(['one', 'two']);
  });

  it('later rules do not see what is no more', () => {
    expect(
      ran(
        [
          { name: 'one', request: [{ path: { set: '/b' } }] },
          { name: 'two', match: 'path = /a', request: add('x') },
        ],
        { target: '/a' },
      ),
    ).toEqual(['one']);
  });

  it('the route and its pool are known', () => {
    const rules = ruleSet([{ name: 'r', match: 'route = api and pool = p', request: [{ mark: { note: 'n' } }] }]);
    const exchange = liveExchange();
    Object.assign(exchange, { route: 'api', pool: 'p' });
    rules.applyRequest(exchange);
    expect(exchange.mark).toEqual({ note: 'n' });
  });

  it('finds what going through the list would, also when paths and hosts change on the way', () => {
    const paths = ['/', '/a', '/ab', '/a/b'];
    const hosts = ['a.test', 'b.test'];
    const match = fc.oneof(
      fc.constantFrom(...paths).map((path) => `path ^= ${path}`),
      fc.constantFrom(...paths).map((path) => `path = ${path}`),
      fc.constantFrom(...hosts).map((host) => `host = ${host}`),
      fc
        .tuple(fc.constantFrom(...hosts), fc.constantFrom(...paths))
        .map(([host, path]) => `host = ${host} and path ^= ${path}`),
    );
    const action = fc.oneof(
      fc.constantFrom(...paths).map((path) => ({ path: { set: path } })),
      fc.constantFrom(...hosts).map((host) => ({ host })),
      fc.constant({ set: { x: '1' } }),
    );
    const rule = fc.record({ match, action });
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 10 }),
        fc.constantFrom(...paths),
        fc.constantFrom(...hosts),
        (list, target, authority) => {
          const documents = list.map(({ match: text, action: one }, i) => ({
            name: `r${i}`,
            match: text,
            request: [one],
          }));
          const naive = liveExchange({ target, authority });
          const expected = documents.filter(({ match: text, ...document }) => {
            const compiled = compileExpression(text, 'routed');
            if (!compiled.ok || !compiled.holds(naive)) return false;
            ruleSet([document]).applyRequest(naive);
            return true;
          });
          const exchange = liveExchange({ target, authority });
          ruleSet(documents).applyRequest(exchange);
          expect(exchange.traces?.map(({ name }) => name) ?? []).toEqual(expected.map(({ name }) => name));
          expect(exchange.outgoing.target).toBe(naive.outgoing.target);
        },
      ),
      { numRuns: 1000, seed: 4 },
    );
  });
});

describe('what is final', () => {
  it('an answer ends the request phase, and rules for responses still act on it', () => {
    const rules = ruleSet([
      { name: 'answer', request: [{ respond: { status: 200 } }, { set: { x: '1' } }], response: [{ set: { a: '1' } }] },
      { name: 'not any more', request: [{ respond: { status: 500 } }], response: [{ set: { b: '1' } }] },
      { name: 'response', match: 'path = /', response: [{ set: { c: '1' } }] },
      { name: 'status', match: 'status = 200 and mocked', response: [{ set: { d: '1' } }] },
    ]);
    const exchange = liveExchange();
    expect(rules.applyRequest(exchange)?.answer?.status).toBe(200);
    expect(exchange.outgoing.headers.has('x')).toBe(false);
    exchange.mocked = true;
    rules.applyResponse(answerWith(exchange, 200));
    expect(exchange.answered?.headers.lines()).toEqual([
      ['a', '1'],
      ['c', '1'],
      ['d', '1'],
    ]);
    expect(exchange.traces?.map(({ name }) => name)).toEqual(['answer', 'answer', 'response', 'status']);
  });

  it('an abort ends everything', () => {
    const rules = ruleSet([
      { name: 'abort', request: [{ abort: 'hang' }, { delay: '1s' }] },
      { name: 'late', request: [{ delay: '1s' }] },
    ]);
    expect(rules.applyRequest(liveExchange())).toMatchObject({ abort: 'hang', delayMs: 0 });
  });

  it('an abort of the response ends it', () => {
    const rules = ruleSet([
      { name: 'a', response: [{ abort: 'reset' }] },
      { name: 'b', response: [{ set: { x: '1' } }] },
    ]);
    const exchange = liveExchange();
    rules.applyRequest(exchange);
    expect(rules.applyResponse(answerWith(exchange, 200))).toMatchObject({ abort: 'reset' });
    expect(exchange.answered?.headers.size).toBe(0);
  });
});

describe('rules that are decided on the response', () => {
  it.each([
    ['status = 5xx', true],
    ['responseHeader[server] = nginx', true],
    ['header[server] = nginx', false],
    ['contentType ^= text/event-stream and sse', true],
    ['backend = a and pool = p and route = r', true],
    ['retried', false],
    ['rule = first', true],
    ['color = red and note = n', true],
    ['ttfb > 10ms', true],
    ['error = RESET and failed', false],
    ['mocked or tunnel', false],
    ['status = 5xx and path = /other', false],
  ])('%s: %s', (match, held) => {
    const rules = ruleSet([
      { name: 'first', request: [{ mark: { color: 'red', note: 'n' } }] },
      { name: 'r', match, response: [{ set: { held: 'yes' } }] },
    ]);
    const exchange = liveExchange();
    Object.assign(exchange, { route: 'r', pool: 'p', backend: 'a', headAt: 20 });
    rules.applyRequest(exchange);
    rules.applyResponse(
      answerWith(exchange, 502, [
        ['Server', 'nginx'],
        ['Content-Type', 'text/event-stream'],
      ]),
    );
    expect(exchange.answered?.headers.has('held')).toBe(held);
    expect(rules.state()[1]?.hits).toBe(held ? 1 : 0);
  });

  it('act in their place among those decided on the request', () => {
    const rules = ruleSet([
      { name: 'a', response: [{ append: { x: 'a' } }] },
      { name: 'b', match: 'status = 200', response: [{ append: { x: 'b' } }, { status: 201 }] },
      { name: 'c', response: [{ append: { x: 'c' } }] },
      { name: 'd', match: 'status = 201 and responseHeader[x] = a', response: [{ append: { x: 'd' } }] },
      { name: 'e', response: [{ append: { x: 'e' } }] },
    ]);
    const exchange = liveExchange();
    rules.applyRequest(exchange);
    rules.applyResponse(answerWith(exchange, 200));
    expect(exchange.answered?.headers.lines().map(([, value]) => value)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('switched off', () => {
  const on = (rules: RuleDocument[], select: 'many' | 'one' = 'one') =>
    ruleSet(rules, { groups: { g: { select } } })
      .state()
      .filter(({ enabled }) => enabled)
      .map(({ name }) => name);

  it('disabled rules do nothing', () => {
    const exchange = liveExchange();
    ruleSet([
      { name: 'a', enabled: false, request: [{ set: { x: '1' } }], response: [{ set: { x: '1' } }] },
    ]).applyRequest(exchange);
    expect(exchange.traces).toBeNull();
  });

  it.each<[select: 'many' | 'one', rules: RuleDocument[], names: string[]]>([
    ['one', [{ name: 'a', group: 'g' }, { name: 'b', group: 'g' }, { name: 'c' }], ['a', 'c']],
    [
      'one',
      [
        { name: 'a', group: 'g', enabled: false },
        { name: 'b', group: 'g' },
      ],
      ['b'],
    ],
    [
      'many',
      [
        { name: 'a', group: 'g' },
        { name: 'b', group: 'g' },
      ],
      ['a', 'b'],
    ],
  ])('a group with select %s of %j', (select, rules, names) => expect(on(rules, select)).toEqual(names));
});

describe('limits', () => {
  const document: RuleDocument[] = [
    {
      name: 'slow',
      match: 'path ^= /s',
      limit: { requests: '2/s', burst: 1, key: 'client_ip' },
      request: [{ set: { x: '1' } }],
    },
  ];

  it('pass, wait, refuse', () => {
    const clock = clockAt();
    const rules = ruleSet(document, { clock });
    const ask = (clientIp = '1.1.1.1') => {
      const exchange = liveExchange({ target: '/s', clientIp });
      return { effects: rules.applyRequest(exchange), exchange };
    };
    expect(ask().effects).toBeNull();
    expect(ask().effects?.delayMs).toBe(500);
    const refused = ask();
    expect(refused.effects?.answer).toMatchObject({ status: 429, error: 'LIMITED' });
    expect(refused.effects?.answer?.headers.get('retry-after')).toBe('1');
    expect(refused.effects?.answer?.headers.get('x-switchyard-error')).toBe('LIMITED');
    expect(refused.exchange.outgoing.headers.has('x')).toBe(false);
    expect(refused.exchange.traces?.[0]?.actions[0]?.words).toEqual(['limit 2/s']);
    expect(ask('2.2.2.2').effects).toBeNull();
    clock.at = 1000;
    expect(ask().effects).toBeNull();
  });

  it('are kept when a config is applied, as hits are', () => {
    const clock = clockAt();
    const before = ruleSet(document, { clock });
    before.applyRequest(liveExchange({ target: '/s' }));
    before.applyRequest(liveExchange({ target: '/s' }));
    const after = ruleSet([{ name: 'other' }, ...document], { clock, previous: before });
    expect(after.state().map(({ hits }) => hits)).toEqual([0, 2]);
    expect(after.applyRequest(liveExchange({ target: '/s' }))?.answer?.status).toBe(429);
  });
});

function wordsOf({ words }: { words: readonly string[] }): readonly string[] {
  return words;
}
