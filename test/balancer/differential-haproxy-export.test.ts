/**
 * We beside HAProxy on the file that we export for it, also while a backend is down. HAProxy's ring is neither nginx's nor Envoy's,
 * and its turns are not nginx's: which backend owns a key, or has the next turn, differs. What all of them promise does
 * not, and is compared for the same requests in the same run.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';
import { Engine } from '../../proxy-engine/engine.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Peer, startPeer } from '../exporters/peers.ts';
import { seededRandom } from '../support/backends.ts';
import { freePort } from '../support/free-port.ts';
import { type Asked, ask, askAll, type NamedBackends, startNamedBackends } from '../support/named-backends.ts';
import { until } from '../support/until.ts';

const WEIGHTS = [1, 2, 5, 3];
const SUM = 11;
/** The one that goes down. */
const DOWN = 2;

/** `points`: of a unit of weight on the ring of each, HAProxy's multiplied up to 255; they decide how far shares scatter. */
const KEYED = [
  { policy: 'ketama', points: { ours: 160, theirs: 16 * 51 } },
  { policy: 'ring_hash', points: { ours: 1024 / SUM, theirs: 16 * 51 } },
  { policy: 'maglev', points: { ours: 65_537 / SUM, theirs: 16 * 51 } },
] as const;

/** Of the pools `turns_0`, `turns_1` … */
const TURNS = [
  [1, 1, 1, 1],
  [5, 1, 1, 1],
  [1, 2, 5, 3],
  [7, 3, 2, 64],
  [9, 4, 6, 2],
];

interface PoolOf {
  name: string;
  policy: string;
  weights: readonly number[];
}

const POOLS: readonly PoolOf[] = [
  ...[...KEYED.map(({ policy }) => policy), 'ip_hash'].map((name) => ({ name, policy: name, weights: WEIGHTS })),
  ...TURNS.map((weights, i) => ({ name: `turns_${i}`, policy: 'round_robin', weights })),
];

const random = seededRandom(18);
const KEYS: readonly Asked[] = Array.from({ length: 1000 }, (_, i) => ({ key: `${i}-${random().toString(36)}` }));
/** 60 networks of ten clients each. */
const CLIENTS: readonly Asked[] = Array.from({ length: 600 }, (_, i) => ({
  from: `127.${1 + (i % 3)}.${(i % 60) + 1}.${1 + Math.floor(i / 60)}`,
}));

/** Thousands of requests one after the other, through two proxies: on a busy machine they take their time. */
const PATIENCE = { timeout: 240_000 };

describe('beside HAProxy with the exported file', () => {
  let backends: NamedBackends;
  let engine: Engine;
  let haproxy: Peer;
  const addresses = { ours: '', theirs: '', facts: '' };

  beforeAll(async () => {
    backends = await startNamedBackends(WEIGHTS.length);
    const [own, other, facts] = await Promise.all([freePort(), freePort(), freePort()]);
    Object.assign(addresses, { ours: `127.0.0.1:${own}`, theirs: `127.0.0.1:${other}`, facts: `127.0.0.1:${facts}` });
    engine = await Engine.create({ capture: false, version: 'test' });
    await engine.apply(configOf(own), { baseDir: '.' });
    haproxy = await startPeer('haproxy', `${exportConfig(configOf(other), 'haproxy').text}${factsOf(facts)}`, other);
  });

  afterAll(async () => {
    await engine.close(0);
    await haproxy.stop();
    backends.close();
  });

  function configOf(port: number): Config {
    const pool = ({ policy, weights }: PoolOf) => ({
      policy,
      hash: { on: 'header', name: 'x-key' },
      ejection: false,
      healthCheck: { type: 'tcp', interval: '100ms', timeout: '2s', rise: 1, fall: 1 },
      backends: weights.map((weight, i) => ({
        name: backends.names[i],
        url: `http://127.0.0.1:${backends.ports[i]}`,
        weight,
      })),
    });
    return configSchema.parse({
      version: 1,
      listeners: { gateway: { address: `127.0.0.1:${port}` } },
      routes: POOLS.map(({ name }) => ({ name, match: `path ^= /${name}/`, pool: name })),
      pools: Object.fromEntries(POOLS.map((one) => [one.name, pool(one)])),
    });
  }

  /** A page that tells how many backends of each pool HAProxy takes to be up. */
  function factsOf(port: number): string {
    const counts = POOLS.map(({ name }) => `%[nbsrv(${name})]`).join(' ');
    return `
frontend facts
    mode http
    timeout client 10s
    bind 127.0.0.1:${port}
    http-request return status 200 content-type text/plain lf-string "${counts}"
`;
  }

  async function untilBothSee(up: number): Promise<void> {
    const isUp = ({ available }: { available: boolean }) => available;
    await until(() => engine.state().pools.every((pool) => pool.backends.filter(isUp).length === up));
    const theirs = POOLS.map(() => up).join(' ');
    await until(async () => (await ask(`http://${addresses.facts}/`)) === theirs);
  }

  /** Who answers these requests before, while and after one backend is down. */
  async function threeTimes(policies: readonly string[], requests: readonly Asked[]) {
    const all = () =>
      Promise.all(
        (['ours', 'theirs'] as const).flatMap((who) =>
          policies.map((policy) => askAll(addresses[who], `/${policy}/`, requests)),
        ),
      );
    const [before, again] = [await all(), await all()];
    expect(again).toEqual(before);
    await backends.stop(DOWN);
    await untilBothSee(WEIGHTS.length - 1);
    const during = await all();
    await backends.start(DOWN);
    await untilBothSee(WEIGHTS.length);
    return { before, during, after: await all() };
  }

  /** The positions of the requests whose owner is another one. */
  const moved = (from: readonly string[], to: readonly string[]) =>
    from.flatMap((owner, i) => (owner === to[i] ? [] : [i]));
  const ownedBy = (owners: readonly string[], name: string) =>
    owners.flatMap((owner, i) => (owner === name ? [i] : []));

  /** Five standard deviations of what a random ring and random keys give, for n keys. */
  function expectShares(owners: readonly string[], pointsOfUnit: number): void {
    for (const [i, weight] of WEIGHTS.entries()) {
      const [n, p] = [owners.length, weight / SUM];
      const ofKeys = n * p * (1 - p);
      const ofRing = ((n * p) ** 2 * (1 - p)) / (pointsOfUnit * weight);
      const distance = Math.abs(ownedBy(owners, backends.names[i] as string).length - n * p);
      expect(distance).toBeLessThan(5 * Math.sqrt(ofKeys + ofRing));
    }
  }

  /** How many of `rounds` rounds each backend gets. */
  async function shares(address: string, path: string, weights: readonly number[], rounds: number): Promise<number[]> {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const names = await askAll(
      address,
      path,
      Array.from({ length: rounds * sum }, () => ({})),
    );
    return backends.names.map((name) => ownedBy(names, name).length);
  }

  test('turns of equals: the same sequence, turn for turn', async () => {
    const requests = Array.from({ length: 40 }, () => ({}));
    const [own, other] = [
      await askAll(addresses.ours, '/turns_0/', requests),
      await askAll(addresses.theirs, '/turns_0/', requests),
    ];
    const from = other.indexOf(own[0] as string);
    expect(other.slice(from)).toEqual(own.slice(0, own.length - from));
  });

  test('turns by mixed weights: exact in each round; while one is down, and when it is back, off by less than a turn', async () => {
    const near = async (weights: readonly number[], at: number) => {
      for (const address of [addresses.ours, addresses.theirs]) {
        const seen = await shares(address, `/turns_${at}/`, weights, 3);
        const off = seen.map((count, i) => Math.abs(count - 3 * (weights[i] as number)));
        expect([at, address, Math.max(...off)]).toEqual([at, address, expect.toSatisfy((most: number) => most <= 1)]);
      }
    };
    for (const [at, weights] of TURNS.entries())
      for (const address of [addresses.ours, addresses.theirs])
        for (let round = 0; round < 2; round++)
          expect(await shares(address, `/turns_${at}/`, weights, 1)).toEqual(weights);
    await backends.stop(DOWN);
    await untilBothSee(WEIGHTS.length - 1);
    for (const [at, weights] of TURNS.entries())
      await near(
        weights.map((weight, i) => (i === DOWN ? 0 : weight)),
        at,
      );
    await backends.start(DOWN);
    await untilBothSee(WEIGHTS.length);
    for (const [at, weights] of TURNS.entries()) await near(weights, at);
  });

  test(
    '1,000 random keys: each stays where it is, a backend that goes down loses exactly its own, and gets exactly those back',
    PATIENCE,
    async () => {
      const { before, during, after } = await threeTimes(
        KEYED.map(({ policy }) => policy),
        KEYS,
      );
      const down = backends.names[DOWN] as string;
      for (const [i, owners] of before.entries()) {
        const { points } = KEYED[i % KEYED.length] as (typeof KEYED)[number];
        expectShares(owners, i < KEYED.length ? points.ours : points.theirs);
        const own = ownedBy(owners, down);
        expect(own.length).toBeGreaterThan(0);
        expect(moved(owners, during[i] ?? [])).toEqual(own);
        expect(during[i]).not.toContain(down);
      }
      expect(after).toEqual(before);
      // The three are one ring there, which is none of ours: docs/balancing.md says what that means for an export.
      const [ours, theirs] = [before.slice(0, KEYED.length), before.slice(KEYED.length)];
      for (const owners of theirs) expect(owners).toEqual(theirs[0]);
      for (const owners of ours) expect(moved(owners, theirs[0] ?? []).length).toBeGreaterThan(KEYS.length / 4);
    },
  );

  test(
    'ip_hash, 600 clients of 60 networks: a network stays together, and only those of the backend that is down move',
    PATIENCE,
    async () => {
      const { before, during, after } = await threeTimes(['ip_hash'], CLIENTS);
      const down = backends.names[DOWN] as string;
      for (const [i, owners] of before.entries()) {
        const networks = new Set(CLIENTS.map(({ from }, at) => `${from?.split('.', 3).join('.')} ${owners[at]}`));
        expect(networks.size).toBe(60);
        expect(moved(owners, during[i] ?? [])).toEqual(ownedBy(owners, down));
      }
      expect(after).toEqual(before);
    },
  );
});
