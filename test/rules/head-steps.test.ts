import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestHead, ResponseHead } from '../../proxy-engine/contract/exchange.ts';
import { type HeadStep, MAX_STEP_LINES } from '../../proxy-engine/contract/head-step.ts';
import type { LiveExchange } from '../../proxy-engine/exchange.ts';
import { harSteps, readTrace } from '../../proxy-engine/exchange-formats/har-trace.ts';
import { headSteps } from '../../proxy-engine/rules/head-steps.ts';
import {
  redactTraces,
  tracesOf,
  tracesText,
  valuesOf,
  valuesText,
} from '../../proxy-engine/store/record/trace-text.ts';
import { answerWith, liveExchange } from '../match/subjects.ts';
import { type RuleDocument, ruleSet } from './rules.ts';

function requestHead({ outgoing }: LiveExchange): RequestHead {
  return { method: outgoing.method, target: outgoing.target, version: 'HTTP/1.1', headers: outgoing.headers.lines() };
}

function responseHead({ status, reason, headers }: NonNullable<LiveExchange['answered']>): ResponseHead {
  return { status, reason, version: 'HTTP/1.1', headers: headers.lines() };
}

/** Runs the rules over both phases; the backend gave `lines`. */
function run(rules: RuleDocument[], exchange: LiveExchange, lines: [string, string][] = []) {
  const set = ruleSet(rules);
  const came = requestHead(exchange);
  set.applyRequest(exchange);
  answerWith(exchange, 200, lines);
  const { answered } = exchange;
  if (answered) exchange.response = { ...NO_RESPONSE, headers: answered.headers };
  const received = answered ? responseHead(answered) : undefined;
  set.applyResponse(exchange);
  return { came, received };
}

const NO_RESPONSE = {
  status: 200,
  reason: '',
  minor: 1,
  framing: 'none' as const,
  contentLength: 0,
  keepAlive: true,
  upgrade: null,
  raw: new Uint8Array(),
};

function stepsOf(exchange: LiveExchange, { came, received }: ReturnType<typeof run>): HeadStep[] {
  const { traces, traceValues, snapshots, answered } = exchange;
  return headSteps({
    rules: traces ?? [],
    values: traceValues ?? [],
    snapshots: snapshots ?? [],
    request: { came, went: requestHead(exchange) },
    response: { came: received, went: answered ? responseHead(answered) : undefined },
  });
}

const EXAMPLE: RuleDocument = {
  name: 'Header rewrite',
  match: 'path ^= /v1/',
  request: [
    { set: { 'x-proxy-added': 'switchyard', 'User-Agent': 'Switchyard/1.0' } },
    { delete: ['x-secret-*'] },
    { path: { replace: '^/v1/', with: '/anything/' } },
    { delay: '20ms' },
  ],
  response: [{ delete: ['server'] }, { set: { 'x-proxy': 'switchyard' } }],
};

describe('each action with the head before and after', () => {
  const exchange = liveExchange({ target: '/v1/a?b', headers: [['X-Secret-Internal', '1']] });
  const steps = stepsOf(exchange, run([EXAMPLE], exchange, [['Server', 'gunicorn']]));

  it('in the order in which they acted', () => {
    expect(steps.map(({ phase, rule, action }) => [phase, rule, action])).toEqual([
      ['request', 'Header rewrite', 'set x-proxy-added, set User-Agent'],
      ['request', 'Header rewrite', 'delete x-secret-*'],
      ['request', 'Header rewrite', 'path ^/v1/ → /anything/'],
      ['request', 'Header rewrite', 'delay 20 ms'],
      ['response', 'Header rewrite', 'delete server'],
      ['response', 'Header rewrite', 'set x-proxy'],
    ]);
  });

  it('begins with what came; each goes on where the one before has ended', () => {
    const [set, gone, path] = steps;
    expect(set?.before).toEqual({
      line: 'GET /v1/a?b',
      headers: [
        ['Host', 'api.localhost'],
        ['X-Secret-Internal', '1'],
      ],
    });
    expect(gone?.before).toEqual(set?.after);
    expect(path?.before).toEqual(gone?.after);
    expect(path?.after).toEqual({
      line: 'GET /anything/a?b',
      headers: [
        ['Host', 'api.localhost'],
        ['x-proxy-added', 'switchyard'],
        ['User-Agent', 'Switchyard/1.0'],
      ],
    });
  });

  it('has no heads where none was changed', () => {
    expect(steps[3]).toEqual({ phase: 'request', rule: 'Header rewrite', action: 'delay 20 ms', changes: [] });
  });

  it('tells each value that was made for this exchange', () => {
    const own = liveExchange({ headers: [['X-A', 'one']] });
    const rules: RuleDocument[] = [
      { name: 'ids', request: [{ set: { 'x-id': '$uuid' } }, { append: { 'x-b': '$header[x-a]' } }] },
    ];
    const [id, copy] = stepsOf(own, run(rules, own));
    expect(id?.changes).toEqual([{ op: 'set', name: 'x-id', values: [own.outgoing.headers.get('x-id')] }]);
    expect(copy?.changes).toEqual([{ op: 'append', name: 'x-b', values: ['one'] }]);
  });
});

describe('what was not done is not told', () => {
  const told = (rules: RuleDocument[]) => {
    const exchange = liveExchange();
    return stepsOf(exchange, run(rules, exchange)).map(({ action }) => action);
  };

  it('after an answer or an abort', () => {
    expect(told([{ name: 'a', request: [{ respond: { status: 204 } }, { set: { x: '1' } }] }])).toEqual([
      'respond 204',
    ]);
    expect(told([{ name: 'a', request: [{ abort: 'reset' }, { set: { x: '$uuid' } }] }])).toEqual(['abort reset']);
  });

  it('when the limit refuses', () => {
    const set = ruleSet([
      { name: 'l', limit: { requests: '1/s', key: 'client_ip' }, request: [{ set: { x: '$uuid' } }] },
    ]);
    const actions = [liveExchange(), liveExchange()].map((exchange) => {
      set.applyRequest(exchange);
      return exchange.traces?.flatMap((trace) => trace.actions.flatMap(({ words }) => words));
    });
    expect(actions).toEqual([['limit 1/s', 'set x'], ['limit 1/s']]);
  });

  it('when nothing held', () => {
    expect(told([{ name: 'a', match: 'path = /other', request: [{ set: { x: '1' } }] }])).toEqual([]);
  });
});

it('heads stop at a number of lines; changes go on', () => {
  const headers = Array.from({ length: 500 }, (_, i): [string, string] => [`x-${i}`, '1']);
  const exchange = liveExchange({ headers });
  const rules = Array.from(
    { length: 60 },
    (_, i): RuleDocument => ({ name: `r${i}`, request: [{ set: { x: `${i}` } }] }),
  );
  const steps = stepsOf(exchange, run(rules, exchange));
  const lines = steps.reduce(
    (sum, { before, after }) => sum + (before?.headers.length ?? 0) + (after?.headers.length ?? 0),
    0,
  );
  expect(lines).toBeGreaterThan(MAX_STEP_LINES / 2);
  expect(lines).toBeLessThanOrEqual(MAX_STEP_LINES);
  expect(steps.at(-1)).toMatchObject({ rule: 'r59', changes: [{ op: 'set', name: 'x', values: ['59'] }] });
  expect(steps.at(-1)?.before).toBeUndefined();
});

const name = fc.constantFrom('x-a', 'X-B', 'accept', 'User-Agent', 'x-c-1');
const value = fc.constantFrom('1', 'two', '$uuid', 'from $header[x-a]', '$path', 'é', '');
const action: fc.Arbitrary<NonNullable<RuleDocument['request']>[number]> = fc.oneof(
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 2 }).map((set) => ({ set })),
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 2 }).map((append) => ({ append })),
  fc
    .array(fc.constantFrom('x-a', 'x-*', '*', 'accept'), { minLength: 1, maxLength: 2 })
    .map((gone) => ({ delete: gone })),
  name.map((header) => ({ replaceHeader: { name: header, replace: '[a-z]+', with: '<$0 $method>' } })),
);
const requestAction: typeof action = fc.oneof(
  action,
  fc.constantFrom('PUT', 'POST').map((method) => ({ method })),
  fc.constantFrom('new.test:81', '$header[x-a]', '$header[none]').map((host) => ({ host })),
  fc.constantFrom('/x y', '/$uuid', '/p').map((set) => ({ path: { set } })),
  fc.constant({ path: { replace: 'a', with: 'b$method' } }),
  fc.constantFrom('1', '$uuid').map((text) => ({ query: { set: { q: text }, delete: ['z'] } })),
  fc.boolean().map((preserveHost) => ({ mapRemote: { url: 'http://r.test/base/', preserveHost } })),
  fc.constant({ mark: { color: 'red' } }),
);
const responseAction = fc.oneof(
  action as fc.Arbitrary<NonNullable<RuleDocument['response']>[number]>,
  fc.constantFrom(201, 503).map((status) => ({ status })),
);
const header = fc.tuple(name, fc.constantFrom('abc', 'x', 'b a', ''));
const rules = fc
  .array(
    fc.record({
      request: fc.array(requestAction, { maxLength: 4 }),
      response: fc.array(responseAction, { maxLength: 3 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((all) => all.map((rule, i): RuleDocument => ({ name: `rule ${i}`, ...rule })));

it('heads made anew end where the real ones did, also out of a recording and out of a HAR', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(header, { maxLength: 4 }),
      fc.array(header, { maxLength: 4 }),
      (all, headers, lines) => {
        const exchange = liveExchange({ target: '/a?z=1&q=2', headers });
        const heads = run(all, exchange, lines);
        const steps = stepsOf(exchange, heads);
        // What the rules did explains all: nothing is left for Switchyard itself.
        expect(steps.filter((step) => step.rule === undefined)).toEqual([]);
        const { traces, traceValues } = exchange;
        exchange.traces = tracesOf(traces ? tracesText(traces) : '');
        exchange.traceValues = valuesOf(traceValues ? valuesText(traceValues) : '');
        expect(stepsOf(exchange, heads)).toEqual(steps);
        const words = exchange.traces.map((rule) => ({ ...rule, actions: rule.actions.flatMap((one) => one.words) }));
        const read = readTrace(
          words,
          harSteps(steps, () => false),
        );
        exchange.traces = read.rules;
        exchange.traceValues = read.values;
        expect(stepsOf(exchange, heads)).toEqual(steps);
      },
    ),
    { numRuns: 500, seed: 11 },
  );
});

it('what people take elsewhere has no values of secret headers, and is as long', () => {
  const exchange = liveExchange();
  const heads = run(
    [
      {
        name: 'a',
        request: [
          { set: { authorization: 'Bearer k1', 'x-a': '1' } },
          { set: { Cookie: 'k2=$method', 'x-b': '$method' } },
        ],
      },
    ],
    exchange,
  );
  const isSecret = (header: string) => ['authorization', 'cookie'].includes(header.toLowerCase());
  const texts = redactTraces(tracesText(exchange.traces ?? []), valuesText(exchange.traceValues ?? []), isSecret);
  expect(JSON.stringify(texts)).not.toMatch(/k1|k2/);
  const har = JSON.stringify(harSteps(stepsOf(exchange, heads), isSecret));
  expect(har).not.toMatch(/k1|k2/);
  exchange.traces = tracesOf(texts.rules);
  exchange.traceValues = valuesOf(texts.values);
  expect(stepsOf(exchange, heads).flatMap(({ changes }) => changes.map((change) => change.values[0]))).toEqual(
    expect.arrayContaining(['[redacted]', '1', '[redacted]', 'GET']),
  );
});
