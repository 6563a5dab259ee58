/** Where an exchange goes: what rules ask comes before the route, and what ends it before what sends it on. */
import { expect, test } from 'vitest';
import { createPool } from '../../proxy-engine/balancer/pool.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import type { CompiledRoute } from '../../proxy-engine/match/router.ts';
import { type Decision, type DecisionInput, decide, toPool } from '../../proxy-engine/phases/decision.ts';
import { addRequestEffect, type Effect, type RequestEffects } from '../../proxy-engine/rules/effects.ts';
import { laneOptions } from '../../proxy-engine/upstream/lane-options.ts';
import { Origins } from '../../proxy-engine/upstream/origins.ts';
import { poolConfig } from '../support/backends.ts';
import { heldMessage } from '../support/exchanges.ts';
import { FakeClock } from '../support/fake-clock.ts';

const deps = { clock: new FakeClock(), onChange() {} };
const config = poolConfig({ backends: [{ name: 'a', url: 'http://127.0.0.1:1' }] });
const snapshot = {
  pools: new Map([['api', createPool('api', config, deps)]]),
  lanes: new Map([['api', laneOptions('api', config, '.')]]),
  upstreamProxies: { choose: () => null },
};
const context = { origins: new Origins(deps), via: 'test', isOwnAddress: () => false };

function inputOf(of: { pool?: string; forward?: boolean; host?: string } = {}): DecisionInput {
  const { exchange } = heldMessage();
  return { exchange: Object.assign(exchange, of), snapshot, context } as unknown as DecisionInput;
}

const answerOf = (status: number) => ({ status, headers: new Headers([]), body: null, bodyFile: null, error: null });

/** Of what is only worth telling apart here. */
function told(decision: Decision): string {
  switch (decision.kind) {
    case 'upstream':
      return [`to ${decision.pool.name}`, decision.only && `${decision.only.name} only`, decision.why]
        .filter(Boolean)
        .join(', ');
    case 'answer':
      return `answer ${decision.answer.status}`;
    case 'abort':
      return `abort ${decision.mode}`;
    case 'fail':
      return `fail ${decision.error.code}`;
  }
}

const TO: Record<string, CompiledRoute['to']> = {
  pool: { kind: 'pool', pool: 'api' },
  answer: { kind: 'answer', answer: () => answerOf(503) },
  original: { kind: 'original' },
};
const routeTo = (name: string | undefined) =>
  name === undefined ? null : ({ name, hits: 0, to: TO[name], mirror: null } as CompiledRoute);

const ABORT: Effect = { kind: 'abort', mode: 'reset' };
const ANSWER: Effect = { kind: 'answer', answer: answerOf(418) };
const BACKEND: Effect = { kind: 'backend', pool: 'api', backend: 'a' };
const ORIGIN: Effect = { kind: 'origin', origin: { scheme: 'http', host: 'other.test', port: 81 } };

test.each<[string | undefined, readonly Effect[], Parameters<typeof inputOf>[0], string]>([
  [undefined, [], {}, 'fail NO_ROUTE'],
  [undefined, [], { forward: true }, 'to api.test:80, the client asked for it'],
  [undefined, [], { forward: true, host: '' }, 'fail BAD_REQUEST'],
  [undefined, [], { forward: true, host: 'loc%61lhost' }, 'fail BAD_REQUEST'],
  [undefined, [], { forward: true, host: 'Ã¼.test' }, 'fail BAD_REQUEST'],
  [undefined, [], { forward: true, host: '999.1.1.1' }, 'fail BAD_REQUEST'],
  [undefined, [], { forward: true, host: '127.1' }, 'to 127.1:80, the client asked for it'],
  [undefined, [], { forward: true, host: '::ffff:1.2.3.4' }, 'to [::ffff:1.2.3.4]:80, the client asked for it'],
  ['pool', [], { pool: 'api' }, 'to api'],
  ['pool', [], { pool: 'api', forward: true }, 'to api'],
  ['pool', [], { pool: 'gone' }, 'fail NO_BACKEND'],
  ['answer', [], {}, 'answer 503'],
  ['original', [], {}, 'to api.test:80, the client asked for it'],
  ['pool', [ORIGIN], { pool: 'api' }, 'to other.test:81, set by a rule'],
  ['answer', [BACKEND], {}, 'to api, a only'],
  ['answer', [ORIGIN, BACKEND], {}, 'to api, a only'],
  ['pool', [BACKEND, ANSWER], { pool: 'api' }, 'answer 418'],
  ['pool', [ANSWER, ABORT], { pool: 'api' }, 'abort reset'],
])('route %s, rules %j, exchange %j: %s', (route, effects, exchange, expected) => {
  const asked = effects.reduce<RequestEffects | null>(addRequestEffect, null);
  expect(told(decide(routeTo(route), asked, inputOf(exchange)))).toBe(expected);
});

test.each([
  ['HTTP/2', 'application/grpc', 'http', 'http2'],
  ['HTTP/2', 'application/grpc', 'https', 'auto'],
  ['HTTP/2', 'text/plain', 'http', 'auto'],
  ['HTTP/1.1', 'application/grpc', 'http', 'auto'],
])('to an origin of a rule, %s with %s goes over %s by %s', (protocol, contentType, scheme, expected) => {
  const input = inputOf();
  input.exchange.request.headers.set('content-type', contentType);
  Object.assign(input.exchange, { protocol });
  const origin = addRequestEffect(null, { kind: 'origin', origin: { scheme, host: 'other.test', port: 81 } });
  const decision = decide(null, origin, input);
  expect(decision.kind === 'upstream' && decision.pool.config.protocol).toBe(expected);
});

test('straight to a backend it goes to that one, and to no other when it is gone', () => {
  expect(told(toPool('api', 'a', inputOf(), 'chosen by who sent it'))).toBe('to api, a only, chosen by who sent it');
  expect(told(toPool('api', 'gone', inputOf()))).toBe('fail NO_BACKEND');
});

test('the exchange notes the pool that a rule chose, also one that is not there', () => {
  const input = inputOf({ pool: 'api' });
  expect(told(toPool('gone', null, input))).toBe('fail NO_BACKEND');
  expect(input.exchange.pool).toBe('gone');
});
