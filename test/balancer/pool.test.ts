import { describe, expect, test } from 'vitest';
import { type BackendChange, createPool, type Pool } from '../../proxy-engine/balancer/pool.ts';
import { ProxyError } from '../../proxy-engine/errors.ts';
import { poolConfig, seededRandom, subject } from '../support/backends.ts';
import { FakeClock } from '../support/fake-clock.ts';

const BACKENDS = ['a', 'b', 'c'].map((name, i) => ({ name, url: `http://127.0.0.1:${3001 + i}` }));

function setUp(config: Record<string, unknown> = {}, previous?: Pool) {
  const clock = new FakeClock();
  const changes: (BackendChange | undefined)[] = [];
  const deps = { clock, random: seededRandom(1), onChange: (change?: BackendChange) => void changes.push(change) };
  const pool = createPool('p', poolConfig({ backends: BACKENDS, ...config }), deps, previous);
  const at = (name: string) => {
    const backend = pool.backends.find((item) => item.name === name);
    if (!backend) throw new Error(`no ${name}`);
    return backend;
  };
  const picks = (count: number, request = subject()) =>
    Array.from({ length: count }, () => pool.pick(request, null)?.backend.name ?? '-').join('');
  return { clock, pool, changes, at, picks };
}

test('a state and a weight set by hand count from the next pick on, and are told', () => {
  const { pool, changes, at, picks } = setUp();
  expect(picks(3)).toBe('abc');
  pool.setState(at('b'), 'maint', 'by you, 14:02');
  expect(picks(4)).toBe('acac');
  pool.setState(at('b'), 'ready', 'by you, 14:03');
  pool.setWeight(at('a'), 2);
  expect(picks(4).split('').toSorted().join('')).toBe('aabc');
  expect(changes.map((change) => change?.reason)).toEqual(['maint by you, 14:02', 'ready', 'weight 2']);
});

test('a new weight builds the ring anew', () => {
  const { pool, at } = setUp({ policy: 'ketama', hash: { on: 'path' } });
  const share = () =>
    Array.from({ length: 500 }, (_, i) => pool.pick(subject({ path: `/${i}` }), null)?.backend.name).filter(
      (name) => name === 'a',
    ).length;
  const before = share();
  pool.setWeight(at('a'), 0);
  expect(share()).toBe(0);
  pool.setWeight(at('a'), 8);
  expect(share()).toBeGreaterThan(before * 1.5);
});

const unhealthy = ({ record }: Pool['backends'][number]) => void (record.health = 'unhealthy');
const ejected = ({ record }: Pool['backends'][number]) =>
  void (record.ejection = { until: 9000, cause: '3× reset', seenDown: false });

test.each<[string, string, number, (pool: Pool) => void]>([
  ['none is out', 'ketama', 0, () => {}],
  ['two are out', 'ketama', 0, ({ backends }) => backends.slice(1).forEach(unhealthy)],
  ['a panic', 'ketama', 60, ({ backends }) => backends.slice(1).forEach(unhealthy)],
  ['a panic', 'maglev', 60, ({ backends }) => backends.slice(1).forEach(unhealthy)],
  ['only ejected ones are left', 'ring_hash', 0, ({ backends }) => backends.forEach(ejected)],
])('who gets a key is told as it is when %s (%s)', async (_name, policy, panicThreshold, act) => {
  for (let i = 0; i < 8; i++) {
    const { pool } = setUp({ policy, panicThreshold, hash: { on: 'path' } });
    await pool.ready;
    act(pool);
    const request = subject({ path: `/${i}` });
    const told = [pool.explain(`/${i}`, 0).backend, ...pool.candidates(request).map(({ name }) => name)];
    const { backend } = pool.pick(request, null) ?? {};
    expect(told).toEqual([backend?.name, backend?.name]);
  }
});

test('each backend says why it is not available', () => {
  const { pool, at } = setUp();
  pool.setState(at('a'), 'maint', 'by you, 14:02');
  pool.setWeight(at('b'), 0);
  at('c').record.health = 'unhealthy';
  at('c').record.healthReason = 'fall 3/3: connection refused';
  expect(pool.pick(subject(), null)).toBeNull();
  expect(pool.unavailableReasons()).toBe(
    'a: maint by you, 14:02; b: weight 0: drains; c: fall 3/3: connection refused',
  );
});

test('what is in flight and how it ended is counted', () => {
  const { pool, at, clock } = setUp();
  const a = at('a');
  a.attemptStarted();
  a.attemptStarted();
  expect(a.status()).toMatchObject({ inFlight: 2, requests: 0 });
  clock.advance(500);
  pool.attemptEnded(a, { ok: true, latencyMs: 12, headMs: 8, error: null });
  pool.attemptEnded(a, { ok: false, latencyMs: 2, headMs: 2, error: new ProxyError('RESET', 'reset') });
  expect(a.status()).toMatchObject({ inFlight: 0, requests: 2, failures: 1, history: ['fail'] });
});

test('sticky: the cookie decides while its backend is sound, also when that drains', () => {
  const { pool, at, picks } = setUp({ sticky: { cookie: 'S' } });
  const first = pool.setCookie(subject(), at('b')) ?? '';
  expect(first).toMatch(/^S=[0-9a-f]{16}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
  const bound = subject({ headers: { cookie: first.split(';')[0] ?? '' } });
  expect(pool.pick(bound, null)).toMatchObject({ backend: at('b'), why: 'sticky cookie' });
  expect(pool.setCookie(bound, at('b'))).toBeNull();
  expect(pool.setCookie(bound, at('a'))).toMatch(/^S=/);
  pool.setState(at('b'), 'drain', 'by you');
  expect(picks(2, bound)).toBe('bb');
  expect(picks(2)).not.toContain('b');
  pool.setState(at('b'), 'maint', 'by you');
  expect(picks(4, bound)).not.toContain('b');
});

test('sticky: a retry goes elsewhere', () => {
  const { pool, at } = setUp({ sticky: { cookie: 'S' } });
  const cookie = (pool.setCookie(subject(), at('b')) ?? '').split(';')[0] ?? '';
  expect(pool.pick(subject({ headers: { cookie } }), [at('b')])?.backend.name).not.toBe('b');
});

test('not sticky: no cookie', () => {
  const { pool, at } = setUp();
  expect(pool.setCookie(subject(), at('a'))).toBeNull();
});

test('coming back from maintenance starts slowly', () => {
  const { pool, at, clock } = setUp({ slowStart: '10s' });
  pool.setState(at('a'), 'maint', 'by you');
  clock.advance(60_000);
  pool.setState(at('a'), 'ready', 'by you');
  expect(at('a').effectiveWeight).toBe(0.1);
  expect(at('a').reason).toBe('slow start: 10 % of its weight');
  clock.advance(10_000);
  expect(at('a').effectiveWeight).toBe(1);
});

test.each([
  ['random', 'slow start: 10 % of its weight'],
  ['least_request', 'slow start: 10 % of its weight'],
  ['peak_ewma', 'slow start: 10 % of its weight'],
  ['ketama', 'ready'],
  ['ring_hash', 'ready'],
  ['maglev', 'ready'],
  ['ip_hash', 'ready'],
  ['first', 'ready'],
])('%s: one that comes back is said to have: %s', (policy, reason) => {
  const { pool, at } = setUp({ policy, hash: { on: 'uri' }, slowStart: '10s' });
  pool.setState(at('a'), 'maint', 'by you');
  pool.setState(at('a'), 'ready', 'by you');
  expect(at('a').reason).toBe(reason);
});

test('three failures in a row eject; a second one of three would be over 50 %', () => {
  const { pool, at, changes } = setUp();
  pool.start();
  const fail = (name: string) => {
    at(name).attemptStarted();
    pool.attemptEnded(at(name), { ok: false, latencyMs: 1, headMs: 1, error: new ProxyError('RESET', 'reset') });
  };
  for (let i = 0; i < 3; i++) fail('a');
  for (let i = 0; i < 3; i++) fail('b');
  expect(changes.map((change) => change?.reason)).toEqual(['ejected 2 s: 3× reset']);
  expect(pool.pick(subject(), null)?.backend.name).toMatch(/[bc]/);
  pool.stop();
});

test('a client that leaves is neither a failure nor a success: two failures before it and one after it eject', () => {
  const { pool, at } = setUp({ policy: 'peak_ewma' });
  pool.start();
  const a = at('a');
  const end = (code: 'RESET' | 'CLIENT_GONE') => {
    const error = new ProxyError(code, code);
    a.attemptStarted();
    pool.attemptEnded(a, { ok: error.source !== 'backend', latencyMs: 1, headMs: 1, error });
  };
  end('RESET');
  end('RESET');
  end('CLIENT_GONE');
  expect(a.ejected).toBe(false);
  end('RESET');
  expect(a.reason).toBe('ejected 2 s: 3× reset');
  pool.stop();
});

test('the latency that peak_ewma knows outlives a weight, a policy and a config', () => {
  const first = setUp({ policy: 'peak_ewma' });
  const slow = first.at('a');
  slow.attemptStarted();
  first.pool.attemptEnded(slow, { ok: true, latencyMs: 900, headMs: 500, error: null });
  first.pool.setWeight(slow, 2);
  expect(first.picks(20)).not.toContain('a');
  const { picks } = setUp({ policy: 'peak_ewma', slowStart: '1s' }, first.pool);
  expect(picks(20)).not.toContain('a');
});

describe('a config that takes back what made a verdict takes back the verdict, once it runs', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a check that is gone', { healthCheck: { type: 'tcp' } }, {}],
    ['ejection that is off', {}, { ejection: false }],
  ])('%s', (_what, before, after) => {
    const first = setUp(before);
    const { record } = first.at('a');
    if ('healthCheck' in before) record.health = 'unhealthy';
    else record.ejection = { until: 1e9, cause: '3× reset', seenDown: false };
    const { pool, at } = setUp(after, first.pool);
    expect(at('a').available).toBe(false);
    pool.start();
    expect(at('a')).toMatchObject({ available: true, reason: 'ready' });
    pool.stop();
  });

  test('another check goes on with what is known', () => {
    const first = setUp({ healthCheck: { type: 'tcp', interval: '60s' } });
    first.at('a').record.health = 'unhealthy';
    const { pool, at } = setUp({ healthCheck: { type: 'tcp', interval: '30s' } }, first.pool);
    pool.start();
    expect(at('a').record.health).toBe('unhealthy');
    pool.stop();
  });
});

test('who may get a request is told without a turn being taken', () => {
  const names = (pool: Pool, request = subject()) => pool.candidates(request).map(({ name }) => name);
  const turns = setUp();
  expect(names(turns.pool)).toEqual(['a', 'b', 'c']);
  turns.pool.setState(turns.at('b'), 'maint', 'by you, 14:02');
  expect(names(turns.pool)).toEqual(['a', 'c']);
  expect(turns.picks(2)).toBe('ac');
  expect(names(setUp({ policy: 'first' }).pool)).toEqual(['a']);
  const keyed = setUp({ policy: 'ketama', hash: { on: 'path' } });
  for (const path of ['/1', '/2', '/3', '/4'])
    expect(names(keyed.pool, subject({ path }))).toEqual([keyed.picks(1, subject({ path }))]);
  const many = Array.from({ length: 60 }, (_, i) => ({ name: `${i}`, url: `http://127.0.0.1:${4000 + i}` }));
  const ruin = setUp({ policy: 'ketama', hash: { on: 'path' }, backends: many });
  for (const { record, name } of ruin.pool.backends) if (name !== '7' && name !== '8') record.health = 'unhealthy';
  expect(names(ruin.pool, subject({ path: '/2' }))).toEqual(['7', '8']); // 20 points on, nginx takes turns
  const spare = setUp({ backends: BACKENDS.map((backend) => ({ ...backend, backup: backend.name === 'c' })) });
  expect(names(spare.pool)).toEqual(['a', 'b']);
  for (const name of ['a', 'b']) spare.pool.setState(spare.at(name), 'maint', 'by you');
  expect(names(spare.pool)).toEqual(['c']);
});

describe('with a queue, where other threads take and make room as well', () => {
  const ANY = { only: null, tried: null };

  function setUpFull(random: number) {
    const clock = new FakeClock();
    const config = poolConfig({ backends: BACKENDS.slice(0, 1), connections: { maxInFlight: 1, queue: 9 } });
    const pool = createPool('p', config, { clock, random: () => random, onChange: () => {} });
    const [a] = pool.backends;
    if (!a) throw new Error('no backend');
    a.attemptStarted();
    let turns = 0;
    const join = (from: Parameters<Pool['waitingRoom']['enter']>[0] = ANY) =>
      pool.waitingRoom.enter(
        from,
        () => turns++,
        () => {},
      );
    return { clock, pool, a, join, turns: () => turns };
  }

  const ended = { ok: true, latencyMs: 1, headMs: 1, error: null };

  test('who got no pick has its turn at once when room was made since', async () => {
    const { pool, a, join, turns } = setUpFull(0);
    expect(pool.pick(subject(), null)).toBeNull();
    a.record.attempts.add(-1);
    expect(join()).toBeTypeOf('function');
    await Promise.resolve();
    expect(turns()).toBe(1);
  });

  test('who comes while somebody waits, in whichever thread, stands behind', () => {
    const { pool } = setUpFull(0);
    expect(pool.waitingRoom.isWaitedFor).toBe(false);
    pool.load.queued.add(1);
    expect(pool.waitingRoom.isWaitedFor).toBe(true);
  });

  test.each([
    ['those of others first', 0.7, 0, 1],
    ['ours at once', 0.8, 1, 1],
  ])('room goes to threads by their share of those that wait: %s', async (_name, random, atOnce, later) => {
    const { clock, pool, a, join, turns } = setUpFull(random);
    join();
    pool.load.queued.add(3); // They wait in other threads.
    pool.attemptEnded(a, ended);
    await Promise.resolve();
    expect(turns()).toBe(atOnce);
    clock.advance(2);
    await Promise.resolve();
    expect(turns()).toBe(later);
  });

  test('who waits for one that is taken out of service has its turn, to be told so', async () => {
    const { pool, a, join, turns } = setUpFull(0);
    join({ only: a, tried: null });
    expect(pool.waitingRoom.mayWait(a)).toBe(true);
    pool.setState(a, 'maint', 'by you, 14:02');
    await Promise.resolve();
    expect([turns(), pool.waitingRoom.mayWait(a)]).toEqual([1, false]);
  });
});
