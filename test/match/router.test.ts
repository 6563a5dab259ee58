import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConfigDocument, configSchema } from '../../proxy-engine/contract/config.ts';
import { compileExpression } from '../../proxy-engine/match/compile.ts';
import { compileRoutes } from '../../proxy-engine/match/router.ts';
import { subject } from './subjects.ts';

type RouteDocument = NonNullable<ConfigDocument['routes']>[number];

function router(routes: RouteDocument[]) {
  return compileRoutes(configSchema.parse({ version: 1, routes }));
}

describe('find', () => {
  const routes = router([
    { name: 'listener', listeners: ['other'], pool: 'a' },
    { name: 'api', match: 'host = api.localhost and path ^= /v1/', pool: 'api' },
    {
      name: 'exact',
      match: 'path = /maintenance',
      respond: { status: 503, headers: { 'x-path': '$path' }, body: 'back at $time_iso' },
    },
    {
      name: 'shop',
      match: 'path ^= /shop',
      split: [
        { pool: 'shop', weight: 3 },
        { pool: 'next', weight: 1 },
      ],
      mirror: { pool: 'shadow', percent: 10 },
    },
    {
      name: 'old',
      match: 'path ~ "^/old/(.*)" and method = GET',
      redirect: { status: 308, location: '/new/$1?from=$host' },
    },
    { name: 'everything else', match: 'host $= .localhost', original: true },
  ]);

  it.each<[parts: Parameters<typeof subject>[0], name: string | null]>([
    [{ path: '/v1/users' }, 'api'],
    [{ path: '/v1' }, 'everything else'],
    [{ path: '/v1/users', host: 'elsewhere' }, null],
    [{ path: '/v1/users', listener: 'other' }, 'listener'],
    [{ path: '/maintenance' }, 'exact'],
    [{ path: '/maintenance/x' }, 'everything else'],
    [{ path: '/shopping', host: 'x' }, 'shop'],
    [{ path: '/old/a/b', host: 'x' }, 'old'],
    [{ path: '/old/a/b', host: 'x', method: 'POST' }, null],
    [{ path: '/' }, 'everything else'],
  ])('%j goes to %s', (parts, name) => expect(routes.find(subject(parts))?.name ?? null).toBe(name));

  it('counts what it finds, and says where each route goes', () => {
    expect(routes.state()).toEqual([
      { name: 'listener', match: undefined, to: 'pool a', hits: 1 },
      { name: 'api', match: 'host = api.localhost and path ^= /v1/', to: 'pool api', hits: 1 },
      { name: 'exact', match: 'path = /maintenance', to: 'answer 503', hits: 1 },
      { name: 'shop', match: 'path ^= /shop', to: '75 % shop, 25 % next', hits: 1 },
      { name: 'old', match: 'path ~ "^/old/(.*)" and method = GET', to: 'redirect 308 to /new/$1?from=$host', hits: 1 },
      { name: 'everything else', match: 'host $= .localhost', to: 'the origin asked for', hits: 3 },
    ]);
  });

  it('does not count a look', () => {
    const before = routes.hitsOf('api');
    expect(routes.peek(subject({ path: '/v1/' }))?.name).toBe('api');
    expect(routes.hitsOf('api')).toBe(before);
  });

  it('keeps hit counts by name when a config is applied', () => {
    const first = router([{ name: 'a', pool: 'p' }]);
    first.find(subject());
    const config = configSchema.parse({
      version: 1,
      routes: [
        { name: 'new', match: 'path = /x', pool: 'p' },
        { name: 'a', pool: 'p' },
      ],
    });
    expect(compileRoutes(config, { previous: first }).hitsOf('a')).toBe(1);
  });

  it('fills in groups and variables of a redirect', () => {
    const to = routes.find(subject({ path: '/old/a/b' }))?.to;
    const answer = to?.kind === 'answer' ? to.answer(subject({ path: '/old/a/b' })) : null;
    expect(answer?.status).toBe(308);
    expect(answer?.headers.lines()).toEqual([['Location', '/new/a/b?from=api.localhost']]);
  });

  it('makes an answer', () => {
    const to = routes.find(subject({ path: '/maintenance' }))?.to;
    const answer = to?.kind === 'answer' ? to.answer(subject({ path: '/maintenance' })) : null;
    expect(answer?.status).toBe(503);
    expect(answer?.headers.lines()).toEqual([['x-path', '/maintenance']]);
    expect(Buffer.from(answer?.body ?? []).toString()).toMatch(/^back at \d{4}-/);
  });

  it('tells the mirror', () =>
    expect(routes.find(subject({ path: '/shop' }))?.mirror).toEqual({ pool: 'shadow', percent: 10 }));

  it('says which routes hold by themselves', () => {
    const held = routes.explain(subject({ path: '/shop' })).filter((route) => route.held);
    expect(held.map(({ name }) => name)).toEqual(['shop', 'everything else']);
  });
});

describe('split', () => {
  const choices = (document: Partial<RouteDocument>, clients: string[]) => {
    const to = router([{ name: 's', ...document }]).find(subject())?.to;
    if (to?.kind !== 'split') throw new Error('expected a split');
    return clients.map((clientIp) => to.choose(subject({ clientIp })));
  };
  const clients = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const count = (pools: string[], name: string) => pools.filter((pool) => pool === name).length;

  it('keeps the shares exactly', () => {
    const split = [
      { pool: 'a', weight: 95 },
      { pool: 'b', weight: 5 },
    ];
    const pools = choices({ split }, clients.slice(0, 200));
    expect(count(pools, 'b')).toBe(10);
    expect(pools.slice(0, 20)).toContain('b');
  });

  it('gives a key the same pool always, and shares keys out by weight', () => {
    const document = {
      split: [
        { pool: 'a', weight: 3 },
        { pool: 'b', weight: 1 },
      ],
      stickyBy: 'client_ip',
    };
    const pools = choices(document, clients);
    expect(choices(document, clients)).toEqual(pools);
    expect(Math.abs(count(pools, 'b') - 250)).toBeLessThan(50);
  });

  it('moves only the keys between two borders when weights change', () => {
    const halves = (a: number, b: number) =>
      choices(
        {
          split: [
            { pool: 'a', weight: a },
            { pool: 'b', weight: b },
          ],
          stickyBy: 'client_ip',
        },
        clients,
      );
    const [before, after] = [halves(1, 1), halves(1, 2)];
    const moved = before.flatMap((pool, i) => (pool === after[i] ? [] : [`${pool} to ${after[i]}`]));
    expect(new Set(moved)).toEqual(new Set(['a to b']));
    // From a half to a third: a sixth of 1,000, give or take five standard deviations.
    expect(Math.abs(moved.length - 1000 / 6)).toBeLessThan(60);
  });

  it('shares out requests without the key in turn', () => {
    const split = [
      { pool: 'a', weight: 1 },
      { pool: 'b', weight: 1 },
    ];
    const to = router([{ name: 's', split, stickyBy: 'cookie[sid]' }]).find(subject())?.to;
    if (to?.kind !== 'split') throw new Error('expected a split');
    const choose = (cookie: Record<string, string> = {}) => to.choose(subject({ requestHeaders: cookie }));
    expect([choose(), choose(), choose(), choose()]).toEqual(['a', 'b', 'a', 'b']);
    const cookie = { cookie: 'sid=7' };
    expect(new Set([choose(cookie), choose(cookie), choose(cookie)]).size).toBe(1);
  });

  it.each([
    [
      [
        { pool: 'a', weight: 0 },
        { pool: 'b', weight: 1 },
      ],
      'b',
    ],
    [
      [
        { pool: 'a', weight: 0 },
        { pool: 'b', weight: 0 },
      ],
      'a',
    ],
  ])('%j always gives %s', (split, pool) => {
    expect(new Set(choices({ split }, clients.slice(0, 20)))).toEqual(new Set([pool]));
    expect(new Set(choices({ split, stickyBy: 'client_ip' }, clients.slice(0, 20)))).toEqual(new Set([pool]));
  });
});

describe('the index', () => {
  const hosts = ['a.test', 'b.test', 'C.test', 'd.test'];
  const paths = ['/', '/a', '/ab', '/a/b', '/b', '/b/', '/abc/d'];
  const leaf = fc.oneof(
    fc.constantFrom(...hosts).map((host) => `host = ${host}`),
    fc.subarray(hosts, { minLength: 1 }).map((some) => `host in (${some.join(', ')})`),
    fc.constantFrom(...hosts).map((host) => `host != ${host}`),
    fc
      .constantFrom('path = ', 'path ^= ', 'path $= ', 'path != ')
      .chain((op) => fc.constantFrom(...paths).map((path) => op + path)),
    fc.subarray(paths, { minLength: 1 }).map((some) => `path in (${some.join(', ')})`),
    fc.constantFrom('^/a', '^/ab?', '/b', '^/a|b', '^/(a|b)/', '^', '^/A').map((pattern) => `path ~ "${pattern}"`),
    fc.constantFrom('^/A', '^/ab?').map((pattern) => `path ~i "${pattern}"`),
    fc.constantFrom('method = GET', 'method = POST'),
    fc.constantFrom(
      'header[x] = a',
      'header[x] in (a, b)',
      'requestHeader[X] = b',
      'header[x] != a',
      'header[y] = a',
      'header[x] = ""',
    ),
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression'))
        .map((parts) => `(${parts.join(' ')})`),
      tie('expression').map((inner) => `not (${inner})`),
    ),
  }));
  const request = fc.record({
    host: fc.constantFrom('a.test', 'b.test', 'c.test', 'd.test', 'e.test'),
    path: fc.constantFrom(...paths, '/A', '/abx', '/zz'),
    method: fc.constantFrom('GET', 'POST'),
    requestHeaders: fc.constantFrom<Record<string, string>>({}, { x: 'a' }, { x: 'b' }, { x: 'c', y: 'a' }, { x: '' }),
  });

  it('finds what going through the list would', () => {
    fc.assert(
      fc.property(
        fc.array(expression, { maxLength: 12 }),
        fc.array(request, { minLength: 1, maxLength: 10 }),
        (matches, requests) => {
          const routes = router(matches.map((match, i) => ({ name: `r${i}`, match, pool: 'p' })));
          const compiled = matches.map((match) => compileExpression(match, 'request'));
          for (const parts of requests) {
            const first = compiled.findIndex((each) => each.ok && each.holds(subject(parts)));
            expect(routes.find(subject(parts))?.name).toBe(first < 0 ? undefined : `r${first}`);
          }
        },
      ),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('asks as many routes among 1,000 as among 10', () => {
    const asked = (n: number) => {
      const many = Array.from({ length: n }, (_, i) => ({
        name: `r${i}`,
        match: `host = h${i}.test and path ^= /v${i}/ and header[x] = 1`,
        pool: 'p',
      }));
      let questions = 0;
      const counting = {
        ...subject({ host: `h${n - 1}.test`, path: `/v${n - 1}/x` }),
        requestHeader: () => (questions++, '1'),
      };
      expect(router(many).find(counting)?.name).toBe(`r${n - 1}`);
      return questions;
    };
    expect(asked(1000)).toBe(asked(10));
  });
});
