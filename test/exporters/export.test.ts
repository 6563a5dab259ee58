import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { comparedConfig, fullConfig } from './configs.ts';
import { complaintOf } from './peers.ts';

const PEERS = ['nginx', 'haproxy', 'caddy'] as const;

describe.each(PEERS)('a config that says nearly everything, for %s', (peer) => {
  const result = exportConfig(fullConfig(), peer);

  it('is accepted by the real program', async () => {
    expect(await complaintOf(peer, result.text)).toBeNull();
  });

  it('tells of everything that is left out or differs, with the reason, in lists and comments', () => {
    expect(result.unmapped.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['listeners.proxy', 'routes[4].match']),
    );
    for (const { why, what } of [...result.approximated, ...result.unmapped]) {
      expect(why).not.toBe('');
      expect(result.text).toContain(what.split('\n')[0]);
    }
    expect(result.mapped.map(({ path }) => path)).toContain('listeners.gateway');
  });
});

it('a line that never acts is a complaint, though the program takes it', async () => {
  const { text } = exportConfig(comparedConfig({ gateway: 18080, a: 2, b: 3, next: 4 }), 'haproxy', {
    targetVersion: '3.2',
  });
  expect(await complaintOf('haproxy', text)).toBeNull();
  const dead = text.replace('http-after-response', 'http-after-response set-header x-a b if { path /a }\n    $&');
  expect(await complaintOf('haproxy', dead)).toMatch(/never match/);
});

describe.each(['yaml', 'json'] as const)('export as %s', (target) => {
  it.each([
    ['full', fullConfig()],
    ['compared', comparedConfig({ gateway: 1, a: 2, b: 3, next: 4 })],
  ])('reads back as the same config: %s', (_, config) => {
    const { text, unmapped } = exportConfig(config, target);
    expect(configSchema.parse(parse(text))).toEqual(config);
    expect(unmapped).toEqual([]);
  });
});

it('takes chosen routes with the pools they need', () => {
  const { text } = exportConfig(fullConfig(), 'yaml', { select: { routes: ['canary'], pools: [], rules: [] } });
  const { routes, pools, rules } = configSchema.parse(parse(text));
  expect(routes.map(({ name }) => name)).toEqual(['canary']);
  expect(Object.keys(pools)).toEqual(['shop', 'shop-next']);
  expect(rules).toEqual([]);
});

it('keeps comments of the YAML that was written', () => {
  const source = 'version: 1 # mine\n';
  expect(exportConfig(configSchema.parse(parse(source)), 'yaml', { source }).text).toBe(source);
});

it.each([
  ['as a URL', 'http://me:secret1@proxy.test:3128'],
  ['with exceptions', { url: 'http://me:secret1@proxy.test:3128', except: 'host = localhost' }],
])('leaves the password of an upstream proxy out, written %s, and says so', (_, upstreamProxy) => {
  const document = { version: 1, listeners: { proxy: { address: '127.0.0.1:1', mode: 'forward', upstreamProxy } } };
  const source = JSON.stringify(document);
  const { text, unmapped } = exportConfig(configSchema.parse(document), 'yaml', { source });
  expect(text).not.toMatch(/secret1|me:/);
  expect(text).toContain('http://proxy.test:3128');
  expect(unmapped.map(({ path }) => path.replace('.url', ''))).toEqual(['listeners.proxy.upstreamProxy']);
});

it('keeps what was written when the password is a variable', () => {
  const upstreamProxy = 'http://me:secret1@proxy.test:3128';
  const config = configSchema.parse({
    listeners: { proxy: { address: '127.0.0.1:1', mode: 'forward', upstreamProxy } },
  });
  const source = "listeners: { proxy: { address: '127.0.0.1:1', upstreamProxy: '${PROXY}' } }";
  expect(exportConfig(config, 'yaml', { source }).text).toBe(source);
});

describe('passwords are in no export', () => {
  const shared = (login: string) => `version: 1 # ours
include:
  - team.yaml
  - redis://${login}127.0.0.1:6379/team # shared
#include: [etcd://root:s3cret@127.0.0.1/team]
rules: [{ name: ours, request: [{ redirect: 'no' }] }]
`;
  const rule = (name: string) => ({ name, request: [{ set: { 'x-a': '1' } }] });
  const exported = (target: 'yaml' | 'json', login: string) =>
    exportConfig(configSchema.parse({ version: 1, rules: [rule('ours'), rule('theirs')] }), target, {
      source: shared(login),
    });

  it.each(['yaml', 'json'] as const)('of shared rule sets, as %s', (target) => {
    const { text, unmapped } = exported(target, ':s3cret@');
    expect(text).not.toContain('s3cret');
    expect(parse(text).include).toEqual(['team.yaml', 'redis://127.0.0.1:6379/team']);
    expect(unmapped.map(({ path }) => path)).toEqual(['include[1]', 'comments']);
  });

  it('what stands beside them stays, comments included', () => {
    const { text } = exported('yaml', ':s3cret@');
    expect(text).toBe(
      shared('').replace('redis:', '"redis:').replace('/team #', '/team" #').replace('root:s3cret@', ''),
    );
  });

  it.each(['', 'user@', ':${PASSWORD}@', 'me:${PASSWORD}@'])('a variable, or a user alone, is none: %s', (login) => {
    const { text, unmapped } = exported('yaml', login);
    expect(text).toBe(shared(login).replace('root:s3cret@', ''));
    expect(unmapped.map(({ path }) => path)).toEqual(['comments']);
  });

  it('of a default of a variable, of other URLs, however they are written', () => {
    const source = JSON.stringify({
      version: 1,
      include: ['redis://:${PW:-s3cret}@h/k'],
      rules: [{ name: 'r', request: [{ mapRemote: { url: 'https://me:s3cret@api.test/' } }] }],
    }).replace('s3cret@api', 's3c\\u0072et@api');
    const { text, unmapped } = exportConfig(configSchema.parse({ version: 1 }), 'json', { source });
    expect(parse(text)).toMatchObject({
      include: ['redis://h/k'],
      rules: [{ request: [{ mapRemote: { url: 'https://api.test/' } }] }],
    });
    expect(unmapped.map(({ path }) => path)).toEqual(['include[0]', 'rules[0].request[0].mapRemote.url']);
  });

  it('what is included is told as named only, and is in a selection', () => {
    const whole = exported('yaml', '');
    expect(whole.mapped.filter(({ path }) => path === 'rules').map(({ what }) => what)).toEqual(['ours']);
    expect(whole.approximated.map(({ path, what }) => [path, what])).toEqual([
      ['include[0]', 'team.yaml'],
      ['include[1]', 'redis://127.0.0.1:6379/team'],
    ]);
    const config = configSchema.parse({ version: 1, rules: [rule('ours'), rule('theirs')] });
    const part = exportConfig(config, 'yaml', { source: shared(''), select: { rules: ['theirs'] } });
    expect(parse(part.text).rules.map(({ name }: { name: string }) => name)).toEqual(['theirs']);
    expect(part.approximated).toEqual([]);
  });
});
