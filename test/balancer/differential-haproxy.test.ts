/** HAProxy's sequence is another one than nginx's, its shares are not: do we share out as the real one of this machine does? */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { ask, askAll, type NamedBackends, startNamedBackends } from '../support/named-backends.ts';
import { type OtherProxy, startHaproxy } from '../support/other-proxies.ts';

describe('as HAProxy', () => {
  let haproxy: OtherProxy;
  let engine: TestEngine;
  let backends: NamedBackends;

  beforeAll(async () => {
    backends = await startNamedBackends(4);
    const server = (i: number, more: string) => `  server ${backends.names[i]} 127.0.0.1:${backends.ports[i]} ${more}`;
    const dead = `  server dead 127.0.0.1:${CLOSED_PORT}`;
    haproxy = await startHaproxy(`frontend in
  bind ADDRESS
  use_backend %[path,field(2,/)]
backend weighted
  balance roundrobin
${[5, 3, 2, 1].map((weight, i) => server(i, `weight ${weight}`)).join('\n')}
backend backup
  balance roundrobin
  option redispatch 1
  retries 3
${server(0, 'disabled')}
${server(1, 'weight 0')}
${server(2, 'backup')}
backend dead
  balance roundrobin
  option redispatch 1
  retries 3
${dead}
${server(1, '')}
${server(2, 'weight 2')}
backend first
  balance first
  option redispatch 1
  retries 3
${server(0, 'disabled')}
${[1, 2, 3].map((i) => server(i, '')).join('\n')}
backend least
  balance leastconn
${[0, 1, 2, 3].map((i) => server(i, '')).join('\n')}
backend random
  balance random(1)
${[5, 3, 2, 1].map((weight, i) => server(i, `weight ${weight}`)).join('\n')}`);
    const backend = (i: number, more: object = {}) => ({
      name: backends.names[i],
      url: `http://127.0.0.1:${backends.ports[i]}`,
      ...more,
    });
    const pools = {
      weighted: { backends: [5, 3, 2, 1].map((weight, i) => backend(i, { weight })) },
      backup: { backends: [backend(0, { state: 'maint' }), backend(1, { weight: 0 }), backend(2, { backup: true })] },
      dead: {
        ejection: false,
        backends: [{ name: 'dead', url: `http://127.0.0.1:${CLOSED_PORT}` }, backend(1), backend(2, { weight: 2 })],
      },
      first: {
        policy: 'first',
        ejection: false,
        backends: [backend(0, { state: 'maint' }), backend(1), backend(2), backend(3)],
      },
      least: { policy: 'least_request', backends: [0, 1, 2, 3].map((i) => backend(i)) },
      random: { policy: 'random', backends: [5, 3, 2, 1].map((weight, i) => backend(i, { weight })) },
    };
    engine = await startEngine([], {
      pool: { backends: [backend(0)] },
      pools: pools as never,
      routes: Object.keys(pools).map((name) => ({ name, match: `path ^= /${name}/`, pool: name })),
    });
  });

  afterAll(async () => {
    await engine.close();
    await haproxy.close();
    backends.close();
  });

  async function shares(address: string, path: string, count: number): Promise<Record<string, number>> {
    const names = await askAll(
      address,
      path,
      Array.from({ length: count }, () => ({})),
    );
    return Object.fromEntries(backends.names.map((name) => [name, names.filter((item) => item === name).length]));
  }

  test.each([
    ['weighted', 110],
    ['backup', 10],
  ])('the shares of %s', async (pool, count) => {
    const theirs = await shares(haproxy.address, `/${pool}/`, count);
    expect(await shares(`127.0.0.1:${engine.port}`, `/${pool}/`, count)).toEqual(theirs);
  });

  test('first: all to the first that is there, also after it has died and come back', async () => {
    const both = async () => [
      await shares(haproxy.address, '/first/', 6),
      await shares(`127.0.0.1:${engine.port}`, '/first/', 6),
    ];
    const all = (name: string) => ({ a: 0, b: 0, c: 0, d: 0, [name]: 6 });
    expect(await both()).toEqual([all('b'), all('b')]);
    await backends.stop(1);
    expect(await both()).toEqual([all('c'), all('c')]);
    await backends.start(1);
    expect(await both()).toEqual([all('b'), all('b')]);
  });

  test('least_request: twelve that stay are three each', async () => {
    for (const address of [haproxy.address, `127.0.0.1:${engine.port}`]) {
      const open: { name: string; response: ServerResponse; done: Promise<string> }[] = [];
      for (let i = 0; i < 12; i++) {
        const arrival = backends.nextHeld();
        const done = ask(`http://${address}/least/hold`);
        open.push({ ...(await arrival), done });
      }
      const counts = backends.names.map((name) => open.filter((item) => item.name === name).length);
      expect(counts).toEqual([3, 3, 3, 3]);
      for (const { response } of open) response.end();
      await Promise.all(open.map(({ done }) => done));
    }
  });

  test('random: the shares of both are within five standard deviations', async () => {
    const count = 1100;
    for (const address of [haproxy.address, `127.0.0.1:${engine.port}`]) {
      const seen = await shares(address, '/random/', count);
      for (const [i, weight] of [5, 3, 2, 1].entries()) {
        const share = weight / 11;
        const distance = Math.abs((seen[backends.names[i] as string] as number) - count * share);
        expect(distance).toBeLessThan(5 * Math.sqrt(count * share * (1 - share)));
      }
    }
  });

  test('a dead one costs no answer', async () => {
    const theirs = await shares(haproxy.address, '/dead/', 40);
    const own = await shares(`127.0.0.1:${engine.port}`, '/dead/', 40);
    for (const { a, b, c } of [theirs, own] as { a: number; b: number; c: number }[]) {
      expect(a).toBe(0);
      expect(b + c).toBe(40);
      expect(c).toBeGreaterThan(b);
    }
  });
});
