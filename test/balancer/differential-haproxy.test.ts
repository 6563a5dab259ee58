/** HAProxy's sequence is another one than nginx's, its shares are not: do we share out as the real one of this machine does? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { askAll, type NamedBackends, startNamedBackends } from '../support/named-backends.ts';
import { isInstalled, type OtherProxy, startHaproxy } from '../support/other-proxies.ts';

describe.skipIf(!isInstalled('haproxy'))('as HAProxy', () => {
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
${server(2, 'weight 2')}`);
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
