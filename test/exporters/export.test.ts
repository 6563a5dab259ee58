import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { comparedConfig, FULL, fullConfig } from './configs.ts';
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

it('takes chosen routes with the pools they need', () => {
  const { text } = exportConfig(fullConfig(), 'yaml', {
    documents: [FULL],
    select: { routes: ['canary'], pools: [], rules: [] },
  });
  const { routes, pools, rules } = configSchema.parse(parse(text));
  expect(routes.map(({ name }) => name)).toEqual(['canary']);
  expect(Object.keys(pools)).toEqual(['shop', 'shop-next']);
  expect(rules).toEqual([]);
});

it('keeps comments of the YAML that was written', () => {
  const source = 'version: 1 # mine\n';
  expect(exportConfig(configSchema.parse(parse(source)), 'yaml', { documents: [source] }).text).toBe(source);
});

it.each([
  ['as a URL', 'http://me:secret1@proxy.test:3128'],
  ['with exceptions', { url: 'http://me:secret1@proxy.test:3128', except: 'host = localhost' }],
])('leaves the password of an upstream proxy out, written %s, and says so', (_, upstreamProxy) => {
  const document = { version: 1, listeners: { proxy: { address: '127.0.0.1:1', mode: 'forward', upstreamProxy } } };
  const source = JSON.stringify(document);
  const { text, unmapped } = exportConfig(configSchema.parse(document), 'yaml', { documents: [source] });
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
  expect(exportConfig(config, 'yaml', { documents: [source] }).text).toBe(source);
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
      documents: [shared(login)],
    });

  it.each(['yaml', 'json'] as const)('of shared rule sets, as %s', (target) => {
    const { text, unmapped } = exported(target, ':s3cret@');
    expect(text).not.toContain('s3cret');
    expect(parse(text).include).toEqual(['team.yaml', 'redis://127.0.0.1:6379/team']);
    expect(unmapped.map(({ path }) => path)).toEqual(['include[1]', 'comments']);
  });

  it.each([
    ["a: 'http://h' # was http://corp:s3cret@10.0.0.2:3128", "a: 'http://h' # was http://10.0.0.2:3128"],
    ["# [redis://:s3cret@h/k, 'etcds://root:s3:cret@etcd/k']", "# [redis://h/k, 'etcds://etcd/k']"],
    ['# redis://a:s3cret@PW6@h/team', '# redis://h/team'],
    ["# redis://:s3cret'q@h", '# redis://h'],
    ['# redis://:a,s3cret/@h,etcd://:s3cret@h', '# redis://h'],
    ["a: '# http://u:p@h' # http://me@h, ${A}", "a: '# http://u:p@h' # http://me@h, ${A}"],
    ['a: |\n  # a://u:p@h\n# a://u:s3cret@h\n', 'a: |\n  # a://u:p@h\n# a://h\n'],
    ['a: [1, # a://u:s3cret@h\r\n  2] # b\r\n', 'a: [1, # a://h\r\n  2] # b\r\n'],
  ])('of comments: %j', (source, text) => {
    expect(exportConfig(configSchema.parse({ version: 1 }), 'yaml', { documents: [source] }).text).toBe(text);
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
    const { text, unmapped } = exportConfig(configSchema.parse({ version: 1 }), 'json', { documents: [source] });
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
    const theirs = JSON.stringify({ rules: [rule('theirs')] });
    const part = exportConfig(config, 'yaml', { documents: [shared(''), theirs], select: { rules: ['theirs'] } });
    expect(parse(part.text).rules.map(({ name }: { name: string }) => name)).toEqual(['theirs']);
    expect(part.approximated).toEqual([]);
  });
});

describe('a selection is cut from what was written', () => {
  const OURS = `version: 1 # ours
listeners: { gateway: { address: '127.0.0.1:8080' } } # here
pools:
  # first
  api: &api { backends: [{ url: 'http://127.0.0.1:1' }] }
  # second
  other: { <<: *api, slowStart: 5s } # why
rules:
  # one
  - name: one
    group: G
    request: [{ set: { x-a: '\${TOKEN}' } }]
  # two
  - { name: two, request: [{ pool: other }] }
groups: { G: { select: one }, H: { select: one } }
include: [theirs.yaml]
`;
  const THEIRS = 'rules:\n  - name: theirs # of others\n    group: H\nroutes: [{ name: all, pool: api }]\n';
  const config = configSchema.parse({
    ...parse(OURS, { merge: true }),
    rules: [...parse(OURS, { merge: true }).rules, ...parse(THEIRS).rules],
    routes: parse(THEIRS).routes,
    include: [],
  });
  const cut = (select: object, target: 'yaml' | 'json' = 'yaml') =>
    exportConfig(config, target, { documents: [OURS, THEIRS], select: { routes: [], pools: [], rules: [], ...select } })
      .text;
  const head = "version: 1 # ours\nlisteners: { gateway: { address: '127.0.0.1:8080' } } # here\n";

  it.each([
    [
      { rules: ['one'] },
      `${head}rules:\n  # one\n  - name: one\n    group: G\n    request: [ { set: { x-a: '\${TOKEN}' } } ]\ngroups: { G: { select: one } }\n`,
    ],
    [
      { rules: ['theirs'] },
      `${head}rules:\n  - name: theirs # of others\n    group: H\ngroups: { H: { select: one } }\n`,
    ],
    [{ pools: ['api'] }, `${head}pools:\n  # first\n  api: { backends: [ { url: 'http://127.0.0.1:1' } ] }\n`],
    [
      { rules: ['two'] },
      `${head}pools:\n  # second\n  other: { <<: { backends: [ { url: 'http://127.0.0.1:1' } ] }, slowStart: 5s } # why\nrules:\n  # two\n  - { name: two, request: [ { pool: other } ] }\n`,
    ],
  ])('%o', (select, text) => expect(cut(select)).toBe(text));

  it('as JSON it is the same', () => {
    const select = { rules: ['two', 'theirs'], routes: ['all'] };
    expect(JSON.parse(cut(select, 'json'))).toEqual(parse(cut(select), { merge: true }));
    expect(JSON.parse(cut(select, 'json')).pools).toEqual({
      api: { backends: [{ url: 'http://127.0.0.1:1' }] },
      other: { backends: [{ url: 'http://127.0.0.1:1' }], slowStart: '5s' },
    });
  });
});
