/** Large rings are built in slices: what comes out, and who is picked meanwhile. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Backend } from '../../proxy-engine/balancer/backend.ts';
import { createPolicy, policyInSlices } from '../../proxy-engine/balancer/create-policy.ts';
import { runAtOnce, runInTurns, type Slices } from '../../proxy-engine/balancer/in-turns.ts';
import { pointsOf } from '../../proxy-engine/balancer/ketama.ts';
import { Picker } from '../../proxy-engine/balancer/picker.ts';
import { createPool } from '../../proxy-engine/balancer/pool.ts';
import { sortRing } from '../../proxy-engine/balancer/ring-sort.ts';
import type { PolicyName } from '../../proxy-engine/contract/config.ts';
import { backendAt, poolConfig, seededRandom, subject } from '../support/backends.ts';
import { applyConfig, runConfig } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { temporaryDirectory } from '../support/tls.ts';

const ANY = () => true;
const deps = () => ({ clock: new FakeClock(), random: seededRandom(1) });
const KEYS = Array.from({ length: 300 }, (_, i) => `/item/${i}`);

function large(weight = 256, count = 8): Backend[] {
  return Array.from({ length: count }, (_, i) => backendAt(`http://127.0.0.1:${4000 + i}`, { name: `b${i}`, weight }));
}

/** Turns that are taken when the test says so. */
function turns() {
  const waiting: (() => void)[] = [];
  const next = (resume: () => void) => void waiting.push(resume);
  const take = () => waiting.shift()?.();
  const takeAll = () => {
    let count = 0;
    for (; waiting.length > 0; count++) take();
    return count;
  };
  return { waiting, next, take, takeAll };
}

function pickerOf(policy: PolicyName, backends: readonly Backend[]) {
  const turn = turns();
  const picker = new Picker({ policy, connections: { queue: 0 }, panicThreshold: 0 }, deps(), () => {}, turn.next);
  picker.setBackends(backends);
  return { turn, picker, owners: () => KEYS.map((key) => picker.pick(key, null)?.backend.name) };
}

const ownersOf = (policy: PolicyName, backends: readonly Backend[]) => {
  const built = createPolicy(policy, backends, deps());
  return KEYS.map((key) => built.next(ANY, key)?.name);
};

test('sorted by both words, equal ones in their order', () => {
  const word = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), (entries) => {
      const words = [Uint32Array.from(entries, ([lo]) => lo), Uint32Array.from(entries, ([, hi]) => hi)];
      const owners = Uint16Array.from(entries.keys());
      const sorted = runAtOnce(sortRing({ words, owners }));
      const expected = entries
        .map(([lo, hi], owner) => ({ lo, hi, owner }))
        .sort((a, b) => a.hi - b.hi || a.lo - b.lo || a.owner - b.owner);
      expect([...sorted.owners]).toEqual(expected.map(({ owner }) => owner));
      expect([...(sorted.words[0] as Uint32Array)]).toEqual(expected.map(({ lo }) => lo));
    }),
    { seed: 20_261_129 },
  );
});

test('a sort of several slices', () => {
  const random = seededRandom(3);
  const points = Uint32Array.from({ length: 150_000 }, () => random() * 2 ** 32);
  const sorted = runAtOnce(sortRing({ words: [points.slice()], owners: new Uint16Array(points.length) }));
  expect(sorted.words[0]).toEqual(points.toSorted());
});

test('points are the chained CRC-32 of zlib', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z.]{1,20}$/), fc.integer({ min: 1, max: 65_535 }), (host, port) => {
      const previous = Buffer.alloc(4);
      const expected = Array.from({ length: 20 }, () => {
        const point = crc32(previous, crc32(`${host}\0${port}`));
        previous.writeUInt32LE(point);
        return point;
      });
      expect([...pointsOf(`${host}:${port}`, 20)]).toEqual(expected);
    }),
    { seed: 20_261_129 },
  );
});

test('the first slice runs at once, each other one in a turn of its own; what is dropped stops', () => {
  const log: string[] = [];
  function* work(name: string): Slices<string> {
    for (let slice = 0; slice < 3; slice++) {
      log.push(`${name}${slice}`);
      yield;
    }
    return name;
  }
  const turn = turns();
  const drop = runInTurns(work('a'), (name) => log.push(`${name} done`), turn.next);
  runInTurns(work('b'), (name) => log.push(`${name} done`), turn.next);
  expect(log).toEqual(['a0', 'b0']);
  turn.take();
  drop();
  turn.takeAll();
  expect(log).toEqual(['a0', 'b0', 'a1', 'b1', 'b2', 'b done']);
});

test.each<[PolicyName, Backend[]]>([
  ['ketama', large()],
  ['ring_hash', [...large(256, 120), backendAt('http://127.0.0.1:5000', { name: 'light', weight: 1 })]],
  ['maglev', large(3)],
])('%s: built in turns it is what it is when built at once', (policy, backends) => {
  const { turn, owners } = pickerOf(policy, backends);
  const slices = policyInSlices(policy, backends, deps());
  let count = 0;
  while (!slices.next().done) count++;
  expect(count).toBeGreaterThan(1);
  expect(turn.takeAll()).toBe(count);
  expect(owners()).toEqual(ownersOf(policy, backends));
});

test('a small ring is there at once', () => {
  const { turn, owners } = pickerOf('ketama', large(1));
  expect(turn.waiting).toHaveLength(0);
  expect(owners()).toEqual(ownersOf('ketama', large(1)));
});

test('the ring before is used until the new one is whole; one that is overtaken is never used', () => {
  const backends = large();
  const [first] = backends as [Backend];
  const { turn, picker, owners } = pickerOf('ketama', backends);
  turn.takeAll();
  const before = owners();
  first.weight = 1;
  picker.setBackends(backends);
  turn.take();
  expect(owners()).toEqual(before);
  first.weight = 100;
  picker.setBackends(backends);
  while (turn.waiting.length > 0) {
    expect(owners()).toEqual(before);
    turn.take();
  }
  expect(owners()).not.toEqual(before);
  expect(owners()).toEqual(ownersOf('ketama', backends));
});

test('while a ring is built, backends that went get nothing, and where no ring helps they take turns', () => {
  const backends = large();
  const { turn, picker, owners } = pickerOf('ketama', backends);
  expect(new Set(owners()).size).toBe(8);
  turn.takeAll();
  picker.setBackends(backends.slice(1));
  expect(owners()).not.toContain('b0');
  const others = Array.from({ length: 8 }, (_, i) =>
    backendAt(`http://127.0.0.2:${i + 1}`, { name: `n${i}`, weight: 256 }),
  );
  picker.setBackends(others);
  expect(owners().slice(0, 8).toSorted()).toEqual(others.map(({ name }) => name));
  expect(picker.pick('/', others.slice(1))?.backend).toBe(others[0]);
  turn.takeAll();
  expect(owners()).toEqual(ownersOf('ketama', others));
});

const entries = large().map(({ name, url, weight }) => ({ name, url, weight }));
const POOL = { policy: 'ketama' as const, hash: { on: 'path' as const }, backends: entries };

test('a pool says when its ring is whole', async () => {
  const pool = createPool('p', poolConfig(POOL), { ...deps(), onChange: () => {} });
  const owners = () => KEYS.map((path) => pool.pick(subject({ path }), null)?.backend.name);
  expect(owners()).not.toEqual(ownersOf('ketama', large()));
  await pool.ready;
  expect(owners()).toEqual(ownersOf('ketama', large()));
  const lighter = large();
  (lighter[0] as Backend).weight = 1;
  pool.setWeight(pool.backends[0] as Backend, 1);
  await pool.ready;
  expect(owners()).toEqual(ownersOf('ketama', lighter));
  expect(pool.explain(KEYS[0] as string, 0).backend).toBe(owners()[0]);
});

test('a config is swapped in when its rings are whole', async () => {
  const engine = await runConfig({ pools: {} }, temporaryDirectory());
  await applyConfig(engine, { pools: { p: POOL } }, '.');
  const pool = engine.pool('p');
  const owners = KEYS.map((path) => pool?.pick(subject({ path }), null)?.backend.name);
  await engine.close(0);
  expect(owners).toEqual(ownersOf('ketama', large()));
});
