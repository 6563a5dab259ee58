/** However long names and texts are, however many there are, and whatever they are called: the exported file is accepted and means the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { complaintOf, startPeer } from './peers.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend('a', (request, response) => response.end(JSON.stringify(request.headers)));
});
afterAll(() => backend.close());

const PEERS = ['nginx', 'haproxy', 'caddy'] as const;
const LENGTHS = [1, 2, 27, 28, 32, 40, 41, 44, 46, 48, 60, 64, 100, 127, 128];
/** What exporters make themselves, and what means something in the file of a target. */
const TAKEN = [
  'none',
  'default',
  'include',
  'hostnames',
  'volatile',
  'close',
  'rule_default',
  'route_none',
  'pool_default',
  'limit_default',
  'default_2',
  'localhost',
  '1',
  '_',
  'é',
];
const HEADERS = [
  'dollar',
  'connection2',
  'listener',
  'found',
  'match',
  'match-2',
  'match_2',
  'route',
  'pool',
  'to',
  'text',
  'x-n',
];

interface Written {
  routes: object[];
  rules: object[];
  /** With what differs from one backend. */
  pools?: Record<string, object>;
}

function configOf(port: number, { routes, rules, pools }: Written) {
  const api = { backends: [{ name: 'a', url: backend.url }], ejection: false };
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${port}` } },
    routes,
    pools: Object.fromEntries(Object.entries(pools ?? { api }).map(([name, pool]) => [name, { ...api, ...pool }])),
    rules,
  });
}

/** Everything that gets a name from `name`; the backend is told which route and rule held. */
function named(name: string, header: string, path = 'n'): Written {
  return {
    pools: { [name]: {} },
    routes: [
      { name, match: `path ^= /${path}/ or header[${header}] = route`, pool: name },
      { name: `${name}-to`.slice(-128), match: `path ~ "^/to/${path}/(.*)"`, redirect: { location: '/$1' } },
      { name: `${name}-split`.slice(-128), match: 'path = /split', split: [{ pool: name, weight: 1 }] },
      { name: `${name}-made`.slice(-128), match: 'path = /made', respond: { body: name } },
    ],
    rules: [
      {
        name,
        match: `path ^= /${path}/ or header[${header}] = rule`,
        limit: { requests: '1000/s', burst: 10 },
        request: [{ set: { [header]: `rule of ${name}` } }, { path: { replace: '^/(.)', with: '/$1$1' } }],
        response: [{ set: { [header]: 'yes' } }],
      },
      { name: `${name}-says`.slice(-128), match: 'path = /said', request: [{ respond: { body: `said ${name}` } }] },
      { name: `${name}-last`.slice(-128), response: [{ delete: [`${header}-none`.slice(-128)] }] },
    ],
  };
}

/** As Node reads it from a header. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

describe.each(PEERS)('%s', (peer) => {
  async function running(written: Written) {
    const port = await freePort();
    const { text } = exportConfig(configOf(port, written), peer);
    const program = await startPeer(peer, text, port);
    const ask = (path: string, headers = {}) => send(`127.0.0.1:${port}`, path, { headers });
    return {
      ask,
      async [Symbol.asyncDispose]() {
        const { complaint } = program;
        await program.stop();
        expect(complaint).toBeNull();
      },
    };
  }

  test.each(LENGTHS)('names of %d characters', async (length) => {
    const name = 'Name of a rule that tells all that it does'.replaceAll(' ', '-').repeat(4).slice(0, length);
    const { text } = exportConfig(configOf(18_080, named(name, `x${'-y'.repeat(64)}`.slice(0, length))), peer);
    expect(await complaintOf(peer, text)).toBeNull();
  });

  test('names that are taken', async () => {
    const headerOf = (i: number) => HEADERS[i % HEADERS.length] ?? 'x';
    const all = TAKEN.map((name, i) => named(name, headerOf(i), `n${i}`));
    await using program = await running({
      pools: Object.assign({}, ...all.map(({ pools }) => pools)),
      routes: all.flatMap(({ routes }) => routes.slice(0, 2)),
      rules: all.flatMap(({ rules }) => rules),
    });
    expect((await program.ask('/nowhere')).status).toBe(404);
    expect((await program.ask('/said')).text).toBe(`said ${TAKEN[0]}`);
    for (const [i, name] of TAKEN.entries()) {
      const { text, headers } = await program.ask(`/n${i}/x`);
      expect([name, JSON.parse(text)]).toMatchObject([name, { [headerOf(i)]: `rule of ${asBytes(name)}` }]);
      expect(headers[headerOf(i)]).toBe('yes');
      expect((await program.ask(`/to/n${i}/x`)).headers.location).toBe('/x');
    }
  });

  test('texts of 1 B to 64 KiB', async () => {
    const pieces = ['"', '\\', 'é', '$$', 'a b;{}#', "'", '\n', 'x'.repeat(33)];
    const textOf = (size: number) =>
      Array.from({ length: size }, (_, i) => pieces[i % 8])
        .join('')
        .slice(0, size);
    const sizes = [1, 1000, 3000, 4000, 4095, 4096, 4200, 8192, 15_000, 65_536];
    const routes = sizes.map((size) => ({
      name: `body ${size}`,
      match: `path = /${size}`,
      respond: { body: textOf(size).replaceAll('$', '$$$$') },
    }));
    const values = sizes.filter((size) => size <= 4200);
    const rules = values.map((size) => ({
      name: `value ${size}`,
      match: `path = /value/${size}`,
      request: [
        { set: { 'x-sent': `$method:${'v"'.repeat(Math.ceil(size / 2))}` } },
        { append: { 'x-sent': 'w'.repeat(size) } },
      ],
      response: [{ set: { 'x-got': 'g\\'.repeat(Math.ceil(size / 2)) } }],
    }));
    await using program = await running({ routes: [...routes, { name: 'rest', pool: 'api' }], rules });
    for (const size of sizes) expect((await program.ask(`/${size}`)).text).toBe(textOf(size));
    for (const size of values) {
      const { text, headers } = await program.ask(`/value/${size}`);
      expect(headers['x-got'] ?? '').toBe('g\\'.repeat(Math.ceil(size / 2)));
      expect(JSON.parse(text)).toMatchObject({
        'x-sent': `GET:${'v"'.repeat(Math.ceil(size / 2))}, ${'w'.repeat(size)}`,
      });
    }
  });

  test.each([1, 30, 100, 1000])('%d backends', async (count) => {
    const backends = Array.from({ length: count }, (_, i) => ({ url: `http://127.0.0.1:${10_000 + i}` }));
    const written = { routes: [{ name: 'all', pool: 'api' }], rules: [], pools: { api: { backends } } };
    const { text } = exportConfig(configOf(18_080, written), peer);
    expect(await complaintOf(peer, text)).toBeNull();
  });

  // Of the others, `many` asks whether files grow with what is in them, in less time.
  test.each(peer === 'nginx' ? [1, 100, 1000] : [1, 100])(
    '%d routes and rules',
    async (count) => {
      const each = <T>(made: (i: number) => T) => Array.from({ length: count }, (_, i) => made(i));
      await using program = await running({
        routes: each((i) => ({ name: `route number ${i}`, match: `path ^= /r${i}/`, pool: 'api' })),
        rules: each((i) =>
          i % 2 === 0
            ? {
                name: `rule number ${i}`,
                match: `path ^= /r${i}/ and header[x-in] = yes`,
                request: [{ set: { 'x-one': `${i}`, [`x-n${i}`]: '$header[x-one]' } }, { pool: 'api' }],
                response: [{ set: { 'x-late': `${i}` } }, { append: { 'x-more': `${i}` } }],
              }
            : {
                name: `rule number ${i}`,
                match: `path = /r${i}/answer`,
                request: [{ respond: { body: `answer ${i}` } }],
              },
        ),
      });
      for (const i of [0, 1, Math.floor(count / 4) * 2, count - 2, count - 1].filter((at) => at >= 0 && at < count)) {
        if (i % 2 === 1) {
          expect((await program.ask(`/r${i}/answer`)).text).toBe(`answer ${i}`);
          continue;
        }
        const { text, headers } = await program.ask(`/r${i}/x`, { 'x-in': 'yes' });
        expect(JSON.parse(text)).toMatchObject({ 'x-one': `${i}`, [`x-n${i}`]: `${i}` });
        expect(headers).toMatchObject({ 'x-late': `${i}`, 'x-more': `${i}` });
      }
      expect(JSON.parse((await program.ask('/r0/x')).text)).not.toHaveProperty('x-one');
    },
    120_000,
  );
});
