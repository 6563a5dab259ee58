import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';

/** Everything that a config can say, or nearly. */
export const FULL = readFileSync(new URL('full.yaml', import.meta.url), 'utf8');

export function fullConfig(): Config {
  return configSchema.parse(parse(FULL));
}

export interface Ports {
  gateway: number;
  a: number;
  b: number;
  next: number;
}

/** What is asked of the request beside the status of the response. */
export const MISSING = [
  ['path', 'path ^= /anything/missing'],
  ['method', 'method = GET'],
  ['host', 'host = api.test'],
  ['header', 'header[x-in] = a'],
  ['query', 'query[k] = v'],
  ['cookie', 'cookie[k] = v'],
  ['route', 'route = api'],
  ['other', 'not (has header[x-in] or cookie[k] = w)'],
] as const;

/** What Switchyard and the peers are compared on. */
export function comparedConfig({ gateway, a, b, next }: Ports): Config {
  return configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${gateway}` } },
    routes: [
      {
        name: 'down',
        match: 'path = /maintenance',
        respond: {
          status: 503,
          headers: { 'retry-after': '30', 'content-type': 'text/plain' },
          body: 'back {soon}, $$5',
        },
      },
      { name: 'old', match: 'path ~ "^/old/([a-z]+)/(.*)"', redirect: { status: 308, location: '/new/$2/$1' } },
      { name: 'named', match: 'host in (shop.test, other.test) and not header[x-canary] = never', pool: 'next' },
      { name: 'asked', match: 'query[kind] = report or cookie[role] = analyst', pool: 'next' },
      { name: 'encoded', match: 'query[q] = "a b" or query[q] ^= "é" or (path = /x and has query[e])', pool: 'next' },
      { name: 'api', match: 'path ^= /v1/', pool: 'api' },
    ],
    pools: {
      api: {
        backends: [
          { name: 'a', url: `http://127.0.0.1:${a}` },
          { name: 'b', url: `http://127.0.0.1:${b}`, weight: 3 },
        ],
        ejection: false,
      },
      next: { backends: [{ name: 'next', url: `http://127.0.0.1:${next}` }], preserveHost: false, ejection: false },
    },
    rules: [
      {
        name: 'Header rewrite',
        match: 'route = api and method in (GET, PUT)',
        request: [
          {
            set: {
              'x-proxy-added': 'switchyard',
              'user-agent': 'Switchyard/1.0',
              'x-from': '$client_ip $method $scheme 100%',
            },
          },
          { delete: ['x-secret-internal'] },
          { path: { replace: '^/v1/(\\w+)', with: '/anything/$1' } },
        ],
        response: [
          { set: { 'x-proxy': 'switchyard', 'x-asked': '$method $host $header[accept]' } },
          { delete: ['x-powered-by'] },
        ],
      },
      { name: 'Sees the rewrite', match: 'path ^= /anything/', request: [{ set: { 'x-rewritten': 'yes' } }] },
      {
        name: 'Query',
        match: 'header[x-query] = on',
        request: [{ query: { set: { debug: '1' }, delete: ['utm_source'] } }],
      },
      { name: 'Append', match: 'has header[x-tag]', request: [{ append: { 'x-tag': 'b' } }] },
      {
        name: 'Forwarding headers',
        match: 'path ^= /v1/through',
        request: [{ set: { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'gopher', via: '1.0 mine' } }],
      },
      {
        name: 'No forwarding headers',
        match: 'header[x-plain] = on',
        request: [{ delete: ['x-forwarded-for', 'via', 'x-request-id'] }],
      },
      { name: 'Host', match: 'header[x-to] = other', request: [{ set: { host: 'other.test:81' } }] },
      { name: 'Absent', match: 'has header[x-who]', request: [{ set: { 'x-who': '<$cookie[user]$header[x-none]>' } }] },
      { name: 'Spaces', match: 'path = /v1/spaces', request: [{ path: { set: '/a b/c' } }] },
      {
        name: 'Mock',
        match: 'path = /v1/mock and header[accept] *= json',
        request: [{ respond: { status: 202, headers: { 'content-type': 'application/json' }, body: '{"mock":true}' } }],
      },
      { name: 'Errors', match: 'status = 5xx', response: [{ set: { 'cache-control': 'no-store' } }] },
      ...MISSING.map(([name, match]) => ({
        name: `Missing by ${name}`,
        match: `${match} and status = 404`,
        response: [{ set: { [`x-by-${name}`]: 'yes $path' } }],
      })),
      { name: 'Answers too', match: 'method in (GET, POST)', response: [{ set: { 'x-last': '$method' } }] },
      { name: 'Two lines', match: 'header[x-also] = on', response: [{ append: { 'x-two': 'three' } }] },
    ],
  });
}
