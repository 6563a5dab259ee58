import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { ExportResult, ImportResult } from '../../proxy-engine/contract/transfer.ts';
import { callSwitchyard, runSwitchyard } from '../support/switchyard.ts';

const CONFIG = `version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: # in order
  - { name: api, match: path ^= /v1/, pool: api }
  - { name: shop, pool: shop }
pools:
  api: { backends: [{ url: 'http://127.0.0.1:9' }], slowStart: 5s }
  shop: { backends: [{ url: 'http://127.0.0.1:9' }] }
rules:
  - { name: Marked, request: [{ set: { x-marked: 'yes' } }] }
  - { name: Other, request: [{ set: { x-other: 'yes' } }] }
`;

async function setUp() {
  const running = await runSwitchyard(CONFIG);
  onTestFinished(async () => void (await running.close()));
  return {
    file: () => readFileSync(running.configFile, 'utf8'),
    call: <T>(command: string, input: unknown) => callSwitchyard<T>(running, command, input),
  };
}

function fileNamed(name: string): string {
  return readFileSync(join(import.meta.dirname, '../importers/files', name), 'utf8');
}

test('config.export: a selection for a version of a target, with its report', async () => {
  const { call } = await setUp();
  const select = { routes: ['api'], rules: ['Marked'], pools: [] };
  const { text, mapped, unmapped } = await call<ExportResult>('config.export', {
    target: 'nginx',
    targetVersion: '1.26',
    select,
  });
  expect(text).toContain('for nginx 1.26');
  expect(text).toContain('upstream api');
  expect(text).not.toContain('upstream shop');
  expect(mapped.map(({ path }) => path)).toContain('rules[0].request[0].set.x-marked');
  expect(unmapped).toContainEqual(expect.objectContaining({ path: 'pools.api.slowStart' }));
  const whole = await call<ExportResult>('config.export', { target: 'yaml' });
  expect(whole.text).toBe(CONFIG);
});

test.each([
  { input: { target: 'apache' }, message: /expected nginx, haproxy/ },
  { input: { target: 'nginx', targetVersion: 'new' }, message: /expected a version such as 1.22/ },
  {
    input: { target: 'nginx', select: { routes: ['api', 'shap'] } },
    message: /no route is called "shap"; there are api, shop/,
  },
  { input: { target: 'nginx', select: { pools: ['shap'] } }, message: /no pool is called "shap"/ },
])('config.export refuses $input', async ({ input, message }) => {
  const { call } = await setUp();
  await expect(call('config.export', input)).rejects.toThrow(message);
});

test('config.import shows what a file would make and changes nothing; its merged text can be applied', async () => {
  const { call, file } = await setUp();
  const result = await call<ImportResult>('config.import', { text: fileNamed('session.har') });
  expect(result).toMatchObject({ format: 'har', issues: [] });
  expect(result.items.filter(({ outcome }) => outcome === 'unmapped')).toHaveLength(4);
  expect(file()).toBe(CONFIG);
  await call('config.apply', { text: result.merged });
  const { rules, routes } = parse(file());
  expect(rules.map(({ name }: { name: string }) => name).slice(0, 3)).toEqual([
    'Marked',
    'Other',
    'GET api.test items',
  ]);
  expect(routes).toHaveLength(2);
  expect(file()).toContain('# in order');
});

test('config.import gives names that are free, and tells mistakes of what would come of it', async () => {
  const { call } = await setUp();
  const rule = (name: string, value: string) => ({
    name,
    status: 'Active',
    ruleType: 'Headers',
    pairs: [{ source: {}, modifications: { Request: [{ header: 'x-a', type: 'Add', value }] } }],
  });
  const { text, merged } = await call<ImportResult>('config.import', {
    text: JSON.stringify([rule('Marked', '1'), rule('Marked', '2')]),
  });
  expect(parse(text).rules.map(({ name }: { name: string }) => name)).toEqual(['Marked 2', 'Marked 3']);
  expect(parse(merged).rules).toHaveLength(4);
});

test.each([
  { text: 'hello', message: /none of charles, requestly, har, nginx/ },
  { text: '{}', format: 'har', message: /log\.entries/ },
])('config.import refuses $text', async ({ message, ...input }) => {
  const { call } = await setUp();
  await expect(call('config.import', input)).rejects.toThrow(message);
});
