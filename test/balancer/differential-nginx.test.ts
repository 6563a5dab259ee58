/** The same backends, the same requests: do we pick as the real nginx of this machine does? */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../support/backends.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { type Asked, ask, askAll, type NamedBackends, startNamedBackends } from '../support/named-backends.ts';
import { type OtherProxy, startNginx } from '../support/other-proxies.ts';

const WEIGHTS = [
  [1, 1, 1, 1],
  [5, 1, 1, 1],
  [1, 2, 5, 3],
  [7, 3, 2, 256],
  [9, 4, 6, 2],
];

let backends: NamedBackends;

beforeAll(async () => {
  backends = await startNamedBackends(4);
});

afterAll(() => backends.close());

// ── one rule set, told to both ─────────────────────────────────────────────────────────────────────────────────────────

interface Case {
  /** Also the first part of the path that leads to its pool. */
  name: string;
  policy: string;
  weights: readonly number[];
  /** `down`: the operator took it out. `dead`: nothing listens at its port. */
  out?: { index: number; how: 'down' | 'dead' };
  backups?: readonly number[];
  /** Default: the header `x-key`. */
  key?: { theirs: string; ours: { on: string; name?: string } };
}

const CASES: Case[] = [
  ...WEIGHTS.map((weights, i) => ({ name: `rr-${i}`, policy: 'round_robin', weights })),
  { name: 'rr-down', policy: 'round_robin', weights: [3, 1, 2, 1], out: { index: 2, how: 'down' } },
  { name: 'rr-dead', policy: 'round_robin', weights: [3, 1, 2, 1], out: { index: 0, how: 'dead' } },
  {
    name: 'rr-backup',
    policy: 'round_robin',
    weights: [1, 1, 1, 2],
    out: { index: 0, how: 'dead' },
    backups: [1, 2, 3],
  },
  ...WEIGHTS.map((weights, i) => ({ name: `hash-${i}`, policy: 'ketama', weights })),
  { name: 'hash-down', policy: 'ketama', weights: [1, 2, 5, 3], out: { index: 2, how: 'down' } },
  { name: 'hash-dead', policy: 'ketama', weights: [1, 2, 5, 3], out: { index: 1, how: 'dead' } },
  ...WEIGHTS.map((weights, i) => ({ name: `ip-${i}`, policy: 'ip_hash', weights })),
  { name: 'ip-down', policy: 'ip_hash', weights: [1, 2, 5, 3], out: { index: 2, how: 'down' } },
  { name: 'ip-dead', policy: 'ip_hash', weights: [1, 2, 5, 3], out: { index: 1, how: 'dead' } },
  ...WEIGHTS.map((weights, i) => ({ name: `least-${i}`, policy: 'least_request', weights })),
  { name: 'least-down', policy: 'least_request', weights: [1, 2, 5, 3], out: { index: 2, how: 'down' } },
  { name: 'least-dead', policy: 'least_request', weights: [1, 2, 5, 3], out: { index: 1, how: 'dead' } },
  ...[
    { theirs: '$request_uri', ours: { on: 'uri' } },
    { theirs: '$arg_user', ours: { on: 'query', name: 'User' } },
    { theirs: '$cookie_user', ours: { on: 'cookie', name: 'User' } },
    { theirs: '$http_x_user', ours: { on: 'header', name: 'X-User' } },
  ].map((key) => ({ name: `key-${key.ours.on}`, policy: 'ketama', weights: [1, 2, 5, 3], key })),
  ...['round_robin', 'ketama', 'ip_hash', 'least_request'].map((policy) => ({
    name: `life-${policy}`,
    policy,
    weights: [3, 1, 4, 2],
  })),
];

const NGINX_POLICY: Record<string, string> = {
  round_robin: '',
  ip_hash: 'ip_hash;',
  least_request: 'least_conn;',
};

function portOf({ out }: Case, index: number): number {
  return out?.how === 'dead' && out.index === index ? CLOSED_PORT : (backends.ports[index] as number);
}

function nginxUpstream(one: Case): string {
  const lines = one.weights.map((weight, i) => {
    const isDown = one.out?.how === 'down' && one.out.index === i;
    const more = `${isDown ? ' down' : ''}${one.backups?.includes(i) ? ' backup' : ''}`;
    return `server 127.0.0.1:${portOf(one, i)} weight=${weight} max_fails=0${more};`;
  });
  const policy = NGINX_POLICY[one.policy] ?? `hash ${one.key?.theirs ?? '$http_x_key'} consistent;`;
  return `upstream ${one.name} { ${policy} ${lines.join(' ')} }`;
}

function ourPool(one: Case): object {
  return {
    policy: one.policy,
    hash: one.key?.ours ?? { on: 'header', name: 'x-key' },
    ejection: false,
    retry: { attempts: 4, budgetPercent: 100 },
    backends: one.weights.map((weight, i) => ({
      name: backends.names[i],
      url: `http://127.0.0.1:${portOf(one, i)}`,
      weight,
      state: one.out?.how === 'down' && one.out.index === i ? 'maint' : 'ready',
      backup: one.backups?.includes(i) ?? false,
    })),
  };
}

function casesOf(prefix: string): [string, Case][] {
  return CASES.filter(({ name }) => name.startsWith(prefix)).map((one) => [
    `${one.name}, weights ${one.weights.join(' ')}`,
    one,
  ]);
}

describe('as nginx', () => {
  let ours: TestEngine;
  let nginx: OtherProxy;

  beforeAll(async () => {
    ours = await startEngine([], {
      pool: { backends: [{ url: 'http://127.0.0.1:9' }] },
      pools: Object.fromEntries(CASES.map((one) => [one.name, ourPool(one)])) as never,
      routes: CASES.map(({ name }) => ({ name, match: `path ^= /${name}/`, pool: name })),
    });
    nginx = await startNginx(
      CASES.map(nginxUpstream).join('\n'),
      CASES.map(({ name }) => `location /${name}/ { proxy_pass http://${name}; }`).join('\n'),
    );
  });

  afterAll(async () => {
    await ours.close();
    await nginx.close();
  });

  async function compare(path: string, requests: readonly Asked[]): Promise<void> {
    const theirs = await askAll(nginx.address, path, requests);
    expect(new Set(theirs).size).toBeGreaterThan(1);
    expect(await askAll(`127.0.0.1:${ours.port}`, path, requests)).toEqual(theirs);
  }

  test.each(casesOf('rr-'))('a sequence: %s', async (_title, { name, weights }) => {
    const length = 2 * weights.reduce((sum, weight) => sum + weight, 0) + 3;
    await compare(
      `/${name}/`,
      Array.from({ length: Math.min(length, 300) }, () => ({})),
    );
  });

  test.each(casesOf('hash-'))('1,000 random keys: %s', async (_title, { name }) => {
    const random = seededRandom(name.length * 7919);
    const key = () => Array.from({ length: 1 + Math.floor(random() * 20) }, () => printable(random())).join('');
    await compare(
      `/${name}/`,
      Array.from({ length: 1000 }, () => ({ key: `k${key()}k` })),
    );
  });

  test.each(casesOf('key-'))('400 requests whose key is hard to read: %s', async (_title, { name }) => {
    const random = seededRandom(name.length * 104_729);
    const texts = (parts: readonly string[]) => Array.from({ length: 400 }, () => textOf(parts, random));
    const [queries, cookies, headers] = [texts(QUERY_PARTS), texts(COOKIE_PARTS), texts(HEADER_PARTS)];
    const askAllOf = async (address: string) => {
      const names: string[] = [];
      for (const [i, query] of queries.entries()) {
        const sent = { cookie: cookies[i], 'x-user': headers[i] };
        // Every other one ends in a question mark that nothing follows.
        const path = `/${name}/${i % 2 === 0 ? `${i}?` : query}`;
        names.push(await ask(`http://${address}`, { agent: false, path, headers: sent }));
      }
      return names;
    };
    expect(await askAllOf(`127.0.0.1:${ours.port}`)).toEqual(await askAllOf(nginx.address));
  });

  test.each(casesOf('life-'))('one dies on the way and comes back: %s', async (_title, { name, policy }) => {
    const requests = Array.from({ length: 150 }, (_, i) => ({
      key: `key ${i}`,
      ...(policy === 'ip_hash' && { from: `127.${i % 7}.${i}.1` }),
    }));
    await compare(`/${name}/`, requests);
    await backends.stop(2);
    await compare(`/${name}/`, requests);
    await backends.start(2);
    await compare(`/${name}/`, requests);
  });

  test('without a key: round robin', () =>
    compare(
      '/hash-2/',
      Array.from({ length: 33 }, () => ({})),
    ));

  test.each(casesOf('ip-'))('200 client addresses: %s', async (_title, { name }) => {
    await compare(
      `/${name}/`,
      Array.from({ length: 200 }, (_, i) => ({ from: `127.${i % 7}.${i}.${1 + (i % 250)}` })),
    );
  });

  test.each(casesOf('least-'))('requests that stay and end in any order: %s', async (_title, { name, weights }) => {
    const script = scriptOf(weights.length * 1000 + name.length);
    const theirs = await play(nginx.address, `/${name}/hold`, script);
    expect(await play(`127.0.0.1:${ours.port}`, `/${name}/hold`, script)).toEqual(theirs);
  });
});

const QUERY_PARTS = ['?', '&', '=', 'user', 'User=', 'USER=', 'user=', 'auser=', 'x', '1', '%41', '+', ''];
const COOKIE_PARTS = [
  '; ',
  ';',
  ', ',
  ',',
  '=',
  'user',
  'User=',
  'USER = ',
  'user= ',
  'auser=',
  '"x"',
  'y ',
  'user;user=1',
  '',
];
const HEADER_PARTS = ['a', 'B', ' c', '', '"', ','];

/** Up to eight of these parts, one after the other. */
function textOf(parts: readonly string[], random: () => number): string {
  const part = () => parts[Math.floor(random() * parts.length)] ?? '';
  return Array.from({ length: Math.floor(random() * 9) }, part).join('');
}

function printable(at: number): string {
  return String.fromCharCode(33 + Math.floor(at * 94));
}

/** 60 steps: `null` sends one more request, a number in [0, 1) ends one of those that are held. */
function scriptOf(seed: number): (number | null)[] {
  const random = seededRandom(seed);
  let open = 0;
  return Array.from({ length: 60 }, () => {
    if (open === 0 || (open < 12 && random() < 0.6)) {
      open++;
      return null;
    }
    open--;
    return random();
  });
}

/** Which backend got each request of the script. */
async function play(address: string, path: string, script: readonly (number | null)[]): Promise<string[]> {
  const names: string[] = [];
  const open: { response: ServerResponse; done: Promise<string> }[] = [];
  const end = async (at: number) => {
    const [one] = open.splice(at, 1);
    one?.response.end();
    await one?.done;
  };
  for (const step of script) {
    if (step !== null) {
      await end(Math.floor(step * open.length));
      continue;
    }
    const arrival = backends.nextHeld();
    const done = ask(`http://${address}${path}`);
    const { name, response } = await arrival;
    names.push(name);
    open.push({ response, done });
  }
  while (open.length > 0) await end(0);
  return names;
}
