/** What is written for Caddy newer than the one that other tests run. */
import { expect, test } from 'vitest';
import type { Config } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { comparedConfig, fullConfig } from './configs.ts';
import { exported } from './reports.ts';

/** What stands in each block, without what stands in blocks of it. */
function blocksOf(text: string): string[][] {
  const open: string[][] = [[]];
  const all = [...open];
  for (const line of text.split('\n').filter((each) => !each.startsWith('#'))) {
    if (line.trim() === '}') open.pop();
    else open.at(-1)?.push(line.trim());
    if (!line.endsWith('{')) continue;
    const inner: string[] = [];
    open.push(inner);
    all.push(inner);
  }
  return all;
}

/** From 2.7 on, the first of several `handle` in one `route` that holds is the only one; before, each acted. With another directive between two of them, both were to act. */
function isSplit(lines: readonly string[]): boolean {
  const directives = lines.filter((line) => !line.startsWith('@'));
  const places = directives.flatMap((line, i) => (line.startsWith('handle ') ? [i] : []));
  return (places.at(-1) ?? 0) - (places[0] ?? 0) >= Math.max(1, places.length);
}

const compared = comparedConfig({ gateway: 1, a: 1, b: 1, next: 1 });

test.each<[string, Config, string]>([
  ['full', fullConfig(), '2.6'],
  ['full', fullConfig(), '2.11.9'],
  ['compared', compared, '2.6'],
  ['compared', compared, '2.11.9'],
])('the %s config has alternatives alone as `handle` in one block', (_, config, targetVersion) => {
  const blocks = blocksOf(exportConfig(config, 'caddy', { targetVersion }).text);
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.filter(isSplit)).toEqual([]);
  expect(blocks.filter((lines) => lines.filter((line) => line.startsWith('rewrite ')).length > 1)).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ['a name with a space is one token', { delete: ['a b'] }, /^\s+"-a b"$/m],
  ['braces in a name are no placeholder', { set: { '{a}': 'v' } }, /^\s+"\\{a\\}" v$/m],
  ['a name that Caddy would add to', { set: { '+a': 'v' } }, /no spelling for the parameter "\+a"/],
  ['a name that Caddy would rename', { set: { 'a>b': 'v' } }, /no spelling for the parameter "a>b"/],
  ['a name that Caddy would take for a shorter one', { delete: ['-a'] }, /no spelling for the parameter "-a"/],
  [
    'the order of all parameters',
    { set: { a: 'v' } },
    /parameters: Caddy puts all of them in the order of their names/,
  ],
])('parameters: %s', (_, query, has) => {
  const { text } = exported('caddy', { rule: { request: [{ query: { set: {}, delete: [], ...query } }] } }, '2.11.9');
  expect(text).toMatch(has);
});

test.each<[string, object, RegExp]>([
  ['2.9', {}, /header_up \+Via "\{sent.version\} switchyard"$/m],
  ['2.10', {}, /header_up Via \{http.vars.via\}$/m],
  ['2.10', { forwarded: { via: false } }, /pools.api.forwarded.via: Via: Caddy adds itself/],
  ['2.10', {}, /via: Caddy names itself in the Via of answers/],
  ['2.11', { backends: [{ url: 'https://127.0.0.1:1' }] }, /header_up Host \{http.request.hostport\}$/m],
  ['2.11.5', {}, /names of headers: Caddy takes those with an underscore or a dot out/],
])('%s and %j: what Caddy adds and takes away', (targetVersion, pool, has) => {
  expect(exported('caddy', { pool }, targetVersion).text).toMatch(has);
});
