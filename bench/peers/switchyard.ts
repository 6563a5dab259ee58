/** Switchyard itself, in the shapes that are measured. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKEND_PORTS, backendPorts } from '../backends.ts';
import { makeCertificate } from '../certificate.ts';
import { type Running, start } from '../run-program.ts';
import { CLEAR, type Peer, SWITCHYARD, type Wire } from './peer.ts';

interface SwitchyardOptions {
  capture: boolean;
  /** Header rules, of which three hold: each sets a header of the request and one of the response. */
  rules: number;
  wire?: Wire;
  /** Threads that carry exchanges; default 1. */
  workers?: number;
  /** A rule that rewrites every body: work that the load generator and the backends have no part in. */
  rewrites?: boolean;
}

const HOLDING_RULES = 3;

export function switchyard({ capture, rules, wire = CLEAR, workers = 1, rewrites = false }: SwitchyardOptions): Peer {
  const config = (port: number) => {
    const plain = reverse(port, rules, wire);
    return rewrites ? { ...plain, rules: [...plain.rules, REWRITE] } : plain;
  };
  return {
    name: `switchyard${capture ? '' : ', no capture'}${rules > 0 ? `, ${rules} rules` : ''}`,
    program: SWITCHYARD,
    compiles: true,
    start: (dir, port) => run(dir, port, config(port), capture, ['--no-ui', '--workers', String(workers)]),
  };
}

const REWRITE = { name: 'rewrite', response: [{ body: { replace: '[xX]', with: 'y' } }] };

/** With an address for its window. */
export function watchableSwitchyard(uiPort: number, token: string): Peer {
  const ui = ['--ui', `127.0.0.1:${uiPort}`, '--token', token];
  return {
    name: 'switchyard, 20 rules',
    program: SWITCHYARD,
    compiles: true,
    start: (dir, port) => run(dir, port, reverse(port, 20, CLEAR), true, ui),
  };
}

/** A forward listener. */
export function forwardSwitchyard(intercept: boolean): Peer {
  return {
    name: 'switchyard',
    program: SWITCHYARD,
    compiles: true,
    start: (dir, port) => {
      const rule = intercept ? { intercept: 'host = localhost' } : {};
      const bench = { address: `127.0.0.1:${port}`, mode: 'forward', ...rule };
      const pool = { backends: backendPorts('tls').map((to) => ({ url: `https://127.0.0.1:${to}` })), tls: INSECURE };
      const routes = intercept ? [{ name: 'all', pool: 'pool' }] : [];
      return run(dir, port, { version: 1, listeners: { bench }, routes, pools: { pool } }, true);
    },
  };
}

/** `count` routes and as many rules; one route and one rule hold. `by`: what their conditions ask. */
export function switchyardWithRules(count: number, by: keyof typeof CONDITIONS): Peer {
  return {
    name: `${count} routes, ${count} rules by ${by}`,
    program: SWITCHYARD,
    compiles: true,
    start: (dir, port) => run(dir, port, manyRules(port, count, CONDITIONS[by]), false),
  };
}

async function run(dir: string, port: number, config: object, capture: boolean, ui = ['--no-ui']): Promise<Running> {
  await makeCertificate(dir);
  await writeFile(join(dir, 'switchyard.yaml'), JSON.stringify(config));
  const args = ['run', join(dir, 'switchyard.yaml'), ...ui, '--data', dir, ...(capture ? [] : ['--no-capture'])];
  return start(SWITCHYARD, args, port);
}

const INSECURE = { verify: false };

function reverse(port: number, rules: number, wire: Wire) {
  const tls = wire.in === 'tls' ? { tls: { certificates: [{ cert: 'cert.pem', key: 'key.pem' }] } } : {};
  const scheme = wire.out === 'tls' ? 'https' : 'http';
  const backends = backendPorts(wire.out).map((backend) => ({ url: `${scheme}://127.0.0.1:${backend}` }));
  return {
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${port}`, limits: { connections: 20_000 }, ...tls } },
    routes: [
      { name: 'socket', match: 'path = /socket', pool: 'socket' },
      { name: 'all', pool: 'pool' },
    ],
    pools: {
      pool: { backends, tls: INSECURE },
      socket: { backends: [{ url: `http://127.0.0.1:${BACKEND_PORTS[0] + 90}` }] },
    },
    rules: Array.from({ length: rules }, (_, index) => ({
      name: `rule ${index}`,
      match: `path ^= "${index < HOLDING_RULES ? '/' : `/never-${index}`}"`,
      request: [{ set: { [`x-request-${index}`]: 'a value' } }],
      response: [{ set: { [`x-response-${index}`]: 'a value' } }],
    })),
  };
}

const byFields = (i: number): string =>
  [
    `query[tenant] = tenant-${i}`,
    `cookie[tenant] ^= tenant-${i}`,
    `clientIp = 10.0.${i >> 8}.${i & 0xff} and method in (GET, HEAD)`,
    `header[x-tenant] ^= tenant-${i}-`,
  ][i % 4] ?? '';
const byPlace = (i: number): string =>
  i % 2 === 0 ? `host = tenant-${i}.example.test` : `path ^= /service-${i}/ and method = GET`;
const byRest = (i: number): string =>
  i % 2 === 0 ? `header[x-tenant] = tenant-${i}` : `path ~ "^/service-${i}/.*[.](js|css)$"`;

const CONDITIONS = {
  'host and path': byPlace,
  'headers and patterns': byRest,
  'query, cookies, clients and methods': byFields,
};

function manyRules(port: number, count: number, condition: (i: number) => string): object {
  const all = Array.from({ length: count - 1 }, (_, i) => condition(i));
  return {
    version: 1,
    listeners: { bench: { address: `127.0.0.1:${port}` } },
    routes: [...all.map((match, i) => ({ name: `route ${i}`, match, pool: 'pool' })), { name: 'rest', pool: 'pool' }],
    pools: { pool: { backends: BACKEND_PORTS.map((backend) => ({ url: `http://127.0.0.1:${backend}` })) } },
    rules: [
      ...all.map((match, i) => ({ name: `rule ${i}`, match, request: [{ set: { [`x-rule-${i}`]: 'a value' } }] })),
      { name: 'rest', request: [{ set: { 'x-rule': 'a value' } }] },
    ],
  };
}
