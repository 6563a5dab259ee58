import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../../proxy-engine/contract/config.ts';
import { mergeText } from '../../../proxy-engine/host/config/merge.ts';
import { importConfig } from '../../../proxy-engine/importers/import.ts';

const OWN = `version: 1
listeners: { web: { address: 127.0.0.1:80 } }
routes:
  - { name: assets, match: path ^= /de, pool: p }
  - { name: all, pool: p }
pools: { p: { backends: [{ url: 'http://127.0.0.1:1' }] } }
`;

/** Names of the routes, and what is told of their order. */
function merged(conf: string) {
  const { part, items } = importConfig(conf, { into: configSchema.parse(parse(OWN)) });
  const { routes } = parse(mergeText(OWN, part)) as { routes: { name: string }[] };
  return { names: routes.map(({ name }) => name), told: items.find(({ at }) => at === 'routes')?.why };
}

it('routes of a new listener come first: some of them turn requests away', () => {
  const { names, told } = merged('server { listen 81; location = /deny { deny all; } }');
  expect(names).toEqual(['odd paths', 'deny closed', 'rest', 'assets', 'all']);
  expect(told).toBeUndefined();
});

it.each(['listen 80;', 'listen 80; listen 81;'])(
  'those at a listener of the config come behind its own, which is told: %s',
  (listen) => {
    const { names, told } = merged(`server { ${listen} location = /deny { deny all; } }`);
    expect(names).toEqual(['assets', 'odd paths', 'deny closed', 'all']);
    expect(told).toContain('its routes (assets, all) stand before those of the file');
  },
);

it('lines that end in CR LF stay so', () => {
  const { part } = importConfig('server { listen 81; location = /deny { deny all; } }');
  expect(mergeText(OWN.replaceAll('\n', '\r\n'), part)).toBe(mergeText(OWN, part).replaceAll('\n', '\r\n'));
});

it('what the file does not add to stays as it is written', () => {
  const own = `# mine
version: 1
listeners: { web: { address: 127.0.0.1:80 } }
routes:
    - { name: all, pool: p }

pools:
    p:        # four blanks
        backends: [{ url: 'http://127.0.0.1:1' }]


capture: {bodies: 1MiB}   # small
`;
  const { part } = importConfig('server { listen 81; location = /deny { deny all; } }');
  const alone = { ...part, listeners: {}, routes: [], groups: { g: { select: 'one' as const } } };
  const text = mergeText(own, alone);
  expect(text.startsWith(own)).toBe(true);
  expect(text.slice(own.length)).toMatch(/^groups:\n {2}g:\n/);
  expect(mergeText(own, part)).toContain(`\npools:\n    p:        # four blanks\n        backends: [{ url:`);
});

it.each(['# mine\n', '# mine\n---\n# more'])('the comments of a document without anything else stay: %j', (text) => {
  const { part } = importConfig('server { listen 81; }');
  const whole = mergeText(text, part);
  expect(whole.startsWith(text)).toBe(true);
  expect(parse(whole)).toEqual(parse(mergeText('', part)));
});
