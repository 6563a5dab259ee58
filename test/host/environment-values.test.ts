/** Values of environment variables stay where traffic needs them: everything else that leaves has `${NAME}`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXPORT_TARGETS } from '../../proxy-engine/contract/transfer.ts';
import { loadConfig } from '../../proxy-engine/host/config/load.ts';
import { loadDrill } from '../../proxy-engine/host/drills/drill-document.ts';
import { startBackend } from '../support/backend.ts';
import { startHost } from '../support/engine-host.ts';

const NAMES = Array.from({ length: 24 }, (_, i) => `SECRET_${i}`);
const SECRET = /s3cr3t/;

beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(name, `s3cr3t-${name}`);
});
afterEach(() => vi.unstubAllEnvs());

/** A config that takes a secret wherever it takes a text. */
function secretive(url: string) {
  const next = NAMES.values();
  const secret = () => `\${${next.next().value}}`;
  return {
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [
      { name: 'r', match: `path = "/r/${secret()}"`, respond: { headers: { 'x-key': secret() }, body: secret() } },
      { name: 's', match: 'path = /s', redirect: { location: `http://x.test/?k=${secret()}` } },
      { name: 'api', split: [{ pool: 'api', weight: 1 }], stickyBy: `header[${secret()}]` },
    ],
    pools: {
      api: {
        backends: [{ url }],
        panicThreshold: 100, // its health does not matter
        healthCheck: {
          path: `/h?k=${secret()}`,
          headers: { 'x-key': secret() },
          expectBody: secret(),
          interval: '1h',
        },
      },
    },
    rules: [
      { name: 'q', match: `query[k] = ${secret()}`, request: [{ delete: ['x-never'] }] },
      {
        name: 'w',
        match: 'path ^= /w',
        limit: { requests: '1000/s', key: `$header[x-a]${secret()}` },
        request: [
          { set: { authorization: `Bearer ${secret()}`, 'X-Api-Key': secret() } },
          { append: { 'x-more': secret() } },
          { replaceHeader: { name: 'user-agent', replace: '.*', with: secret() } },
        ],
        response: [{ set: { 'x-out': secret() } }],
      },
    ],
  };
}

async function setUp() {
  const backend = await startBackend('a', (_, response) => response.end('fine'));
  const document = secretive(backend.url);
  return { ...(await startHost(document)), document, close: () => backend.close() };
}

describe('a config with secrets in it', () => {
  it('runs with the values, and tells `${NAME}` in state, config, metrics and HAR', async () => {
    const { host, call, address, document, close } = await setUp();
    for (const path of ['/w', '/s', '/other'])
      await fetch(`http://${address('gateway')}${path}`, { redirect: 'manual' }).then((answer) => answer.text());
    await host.engine.settled();
    const state = await call('state.get', {});
    expect(state.routes[0]?.match).toBe(document.routes[0]?.match);
    const { config } = await call('config.get', {});
    expect(config.rules[1]?.request[0]).toEqual({
      set: { authorization: 'Bearer ${SECRET_10}', 'X-Api-Key': '${SECRET_11}' },
    });
    const { text = '' } = (await call('har.export', { redact: true })) as { text?: string };
    expect(text).toContain('"x-out"');
    for (const told of [state, config, await host.engine.metrics(), text])
      expect(JSON.stringify(told)).not.toMatch(SECRET);
    const { total, rows } = await call('exchanges.query', { filter: 'path = /w', limit: 1 });
    expect(total).toBe(1);
    const { sent } = await call('exchange.get', { id: rows[0]?.id ?? 0 });
    expect(sent?.headers).toContainEqual(['X-Api-Key', 's3cr3t-SECRET_11']);
    await close();
  });

  it.each(EXPORT_TARGETS)('exported to %s: values only where the report says so', async (target) => {
    const { call, close } = await setUp();
    for (const select of [undefined, { routes: ['api'], rules: ['w'] }]) {
      const result = await call('config.export', { target, ...(select && { select }) });
      const { text, ...report } = result;
      expect(JSON.stringify(report)).not.toMatch(SECRET);
      const told = new Set(report.approximated.map(({ what }) => /^holds the value of (\w+)$/.exec(what)?.[1]));
      const held = NAMES.filter((name) => new RegExp(`s3cr3t-${name}\\b`).test(text));
      expect(held.filter((name) => !told.has(name))).toEqual([]);
      if (target === 'yaml' || target === 'json') expect(held).toEqual([]);
      else expect(held).toContain('SECRET_10');
    }
    await close();
  });
});

describe('a message about a mistake repeats no value', () => {
  const check = (text: string) => {
    const result = loadConfig(text, {
      baseDir: '.',
      environment: { TOKEN: `s3cr3t-"${'x'.repeat(100)}`, SHORT: 's3cr3t' },
      readFile: () => '',
    });
    return result.ok ? [] : result.issues.map(({ message }) => message);
  };

  it.each([
    ["listeners: { a: { address: '${SHORT}' } }"],
    ["listeners: { a: { address: '127.0.0.1:1', limits: { headTimeout: '${SHORT}' } } }"],
    ["pools: { p: { backends: [{ url: '${TOKEN}' }] } }"],
    ["pools: { p: { backends: [{ url: 'http://h/${SHORT}' }] } }"],
    ["pools: { p: { backends: [{ url: 'http://h', weight: '${TOKEN}' }] } }"],
    ["routes: [{ name: r, pool: '${SHORT}' }]"],
    ['routes: [{ name: r, match: \'path ~ "(${SHORT}"\', respond: {} }]'],
    ["rules: [{ name: r, match: 'pth = ${SHORT}' }]"],
    ["rules: [{ name: r, request: [{ method: '${SHORT}' }] }]"],
    ["rules: [{ name: r, request: [{ path: { replace: '(${SHORT}', with: a } }] }]"],
    ["rules: [{ name: r, request: [{ mapRemote: { url: '${SHORT}' } }] }]"],
  ])('%s', (text) => {
    const messages = check(`version: 1\n${text}\n`);
    expect(messages).not.toEqual([]);
    expect(messages.join('\n')).not.toMatch(/s3cr3t|xxxx/);
  });

  it('of a drill', () => {
    const loaded = loadDrill("load: { rate: '${TOKEN}' }\nduration: 1s\n", 'd.yaml', { TOKEN: 's3cr3t' });
    expect(JSON.stringify(loaded)).toContain('${TOKEN}');
    expect(JSON.stringify(loaded)).not.toMatch(SECRET);
  });
});

it('a drill is shown and kept as it is written where it sends secrets', () => {
  const load = "url: '/a?k=${TOKEN}', headers: { x-key: '${TOKEN}' }, body: '${TOKEN}', rate: '${RATE}/s'";
  const loaded = loadDrill(`load: { ${load} }\nduration: 1s\n`, 'd.yaml', { TOKEN: 's3cr3t', RATE: '5' });
  expect(loaded).toMatchObject({ ok: true, drill: { load: { url: '/a?k=s3cr3t', headers: { 'x-key': 's3cr3t' } } } });
  expect(loaded.ok && loaded.document.load).toEqual({
    url: '/a?k=${TOKEN}',
    headers: { 'x-key': '${TOKEN}' },
    body: '${TOKEN}',
    rate: '5/s',
  });
});
