import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Config, configSchema } from '../../proxy-engine/contract/config.ts';

/** Everything that a config can say, or nearly. */
export function fullConfig(): Config {
  return configSchema.parse(parse(readFileSync(new URL('full.yaml', import.meta.url), 'utf8')));
}

export interface Ports {
  gateway: number;
  a: number;
  b: number;
  next: number;
}

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
        name: 'Mock',
        match: 'path = /v1/mock and header[accept] *= json',
        request: [{ respond: { status: 202, headers: { 'content-type': 'application/json' }, body: '{"mock":true}' } }],
      },
      { name: 'Errors', match: 'status = 5xx', response: [{ set: { 'cache-control': 'no-store' } }] },
    ],
  });
}
