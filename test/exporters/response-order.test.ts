/** Envoy's last filter and Traefik's last middleware see the response first. */
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';

const base = {
  version: 1,
  listeners: { gateway: { address: '127.0.0.1:8080' } },
  routes: [{ name: 'all', pool: 'api' }],
  pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }] } },
};

const config = configSchema.parse({
  ...base,
  rules: [
    { name: 'one', request: [{ set: { 'x-a': '1' } }], response: [{ set: { 'x-b': '1' } }] },
    { name: 'two', request: [{ set: { 'x-a': '2' } }], response: [{ set: { 'x-b': '2' } }] },
    { name: 'asks', match: 'header[x-a] = 0', request: [{ delete: ['x-a'] }], response: [{ delete: ['x-c'] }] },
  ],
});

const found = (text: string, pattern: RegExp) => text.match(pattern) ?? [];

describe('later rules see what earlier ones did to the response', () => {
  it('in Envoy', () => {
    const { text, approximated } = exportConfig(config, 'envoy');
    const filters = found(text.slice(text.indexOf('http_filters')), /(?<=- name: )\S*header_mutation\.\S+/g);
    expect(filters.map((name) => name.replace('envoy.filters.http.header_mutation.', ''))).toEqual([
      'one',
      'two',
      'asks',
      'asks.response',
      'two.response',
      'one.response',
    ]);
    expect(approximated).toContainEqual({
      path: 'rules[2].match',
      what: 'rule asks',
      why: 'for the response, it sees the request as it and later rules changed it',
    });
  });

  it('in Traefik', () => {
    const { text } = exportConfig(config, 'traefik');
    // The first router is the one that turns hosts away that are none.
    const [, list = ''] = /middlewares:\n(?! +- no-host)((?: +- .*\n)+)/.exec(text) ?? [];
    expect(found(list, /(?<=- )\S+/g).slice(0, 6)).toEqual([
      'asks-response',
      'two-response',
      'one-response',
      'one-headers',
      'two-headers',
      'asks-headers',
    ]);
  });
});

it.each(['nginx', 'haproxy', 'caddy', 'envoy'] as const)(
  '%s: variables that are not quite the same are told',
  (target) => {
    const rules = [{ name: 'r', request: [{ set: { 'x-a': 'v $exchange_id' } }] }];
    const { approximated } = exportConfig(configSchema.parse({ ...base, rules }), target);
    expect(approximated.map(({ what }) => what)).toContain('$exchange_id');
  },
);
