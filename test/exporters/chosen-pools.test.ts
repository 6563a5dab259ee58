/** Where rules choose the pool, later ones ask for the chosen one; targets that attach rules to routes know it there. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';

const BASE = {
  version: 1,
  listeners: { gateway: { address: '127.0.0.1:8080' } },
  routes: [
    { name: 'mock', match: 'path = /mock', respond: { status: 200, body: 'mock' } },
    { name: 'old', match: 'path = /old', redirect: { status: 302, location: '/new' } },
    { name: 'rest', pool: 'api' },
  ],
  pools: {
    api: { backends: [{ url: 'http://127.0.0.1:1' }] },
    canary: { backends: [{ url: 'http://127.0.0.1:2' }] },
  },
};
const CHOOSES = { name: 'chooses', match: 'header[x-c] = 1', request: [{ pool: 'canary' }] };

interface Route {
  name?: string;
  match: { headers?: { name: string; invert_match?: true }[] };
  route?: { cluster: string };
  direct_response?: { status: number };
  typed_per_filter_config?: Record<string, unknown>;
}

function envoyOf(rules: object[], targetVersion = '1.31'): string[] {
  const { text } = exportConfig(configSchema.parse({ ...BASE, rules }), 'envoy', { targetVersion });
  const [listener] = parse(text, { version: '1.1' }).static_resources.listeners;
  const { route_config } = listener.filter_chains[0].filters.at(-1).typed_config;
  const routes: Route[] = route_config.virtual_hosts[0].routes;
  return routes.map(({ name = '-', match, route, direct_response, typed_per_filter_config = {} }) => {
    const asked = (match.headers ?? []).map((header) => `${header.invert_match ? 'not ' : ''}${header.name}`);
    const filters = Object.keys(typed_per_filter_config);
    return [name, asked.join(), String(route?.cluster ?? direct_response?.status), ...filters].join(' ');
  });
}

function traefikOf(rules: object[]) {
  const { text } = exportConfig(configSchema.parse({ ...BASE, rules }), 'traefik');
  const { routers }: { routers: Record<string, { rule: string; service: string; middlewares?: string[] }> } =
    parse(text).http;
  return Object.values(routers).map(({ rule, service, middlewares = [] }) => [rule, service, ...middlewares].join(' '));
}

describe('what refuses the chosen pool', () => {
  const rules = [CHOOSES, { name: 'gate', match: 'pool = canary', request: [{ respond: { status: 403 } }] }];

  test('Envoy', () => {
    const forms = envoyOf(rules);
    expect(forms).toContain('rest x-c 403');
    expect(forms).toContain('rest  api');
    expect(forms).toContain('mock x-c 403');
  });

  test('Traefik', () => {
    expect(traefikOf(rules)).toContainEqual(expect.stringMatching(/^Header\(`x-c`, `1`\) canary gate-1 /));
    expect(traefikOf(rules)).toContainEqual(expect.stringMatching(/^PathPrefix\(`\/`\) api (?!.*gate)/));
  });
});

describe('what refuses all but the chosen pool', () => {
  const rules = [CHOOSES, { name: 'gate', match: 'pool != canary', request: [{ respond: { status: 403 } }] }];

  test('Envoy', () => {
    const forms = envoyOf(rules);
    expect(forms).toContain('rest x-c canary');
    expect(forms).toContain('rest  403');
  });

  test('Traefik', () => {
    expect(traefikOf(rules)).toContainEqual(expect.stringMatching(/^Header\(`x-c`, `1`\) canary (?!.*gate)/));
    expect(traefikOf(rules)).toContainEqual(expect.stringMatching(/^PathPrefix\(`\/`\) api gate-1 /));
  });
});

test('a chosen pool takes the place of the answer of a route, and of none', () => {
  const forms = envoyOf([CHOOSES]);
  expect(forms).toEqual(expect.arrayContaining(['mock x-c canary', 'mock  200', 'old x-c canary', 'old  302']));
  expect(forms.slice(-2)).toEqual(['- x-c canary', '-  404']);
  const services = traefikOf([CHOOSES]).map((text) => text.replace(/^.*?\) (?:&& .*?\) )?/, '').split(' ')[0]);
  expect(services).toEqual(['noop@internal', 'canary', 'noop@internal', 'canary', 'noop@internal', 'canary', 'api']);
});

test.each([
  ['1.31', { canary: ' envoy.filters.http.header_mutation.marks', api: '' }],
  ['1.27', { canary: '', api: ' envoy.filters.http.header_mutation.marks' }],
])('Envoy %s: what marks the chosen pool is on there alone', (version, filters) => {
  const marks = { name: 'marks', match: 'pool = canary', request: [{ set: { 'x-pool': 'canary' } }] };
  const forms = envoyOf([CHOOSES, marks], version);
  expect(forms).toContain(`rest x-c canary${filters.canary}`);
  expect(forms).toContain(`rest  api${filters.api}`);
});

test('Envoy: a rule asks for the pool of its time, on responses for the last one', () => {
  const forms = envoyOf([
    { name: 'before', match: 'pool = canary', request: [{ set: { 'x-a': '1' } }] },
    { name: 'served', match: 'pool = canary', response: [{ set: { 'x-b': '1' } }] },
    CHOOSES,
  ]);
  expect(forms).toContain('rest x-c canary envoy.filters.http.header_mutation.served.response');
  expect(forms).toContain('rest  api');
});
