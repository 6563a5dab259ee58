import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { IMPORT_FORMATS } from '../../proxy-engine/contract/transfer.ts';
import { UnreadableImport } from '../../proxy-engine/importers/draft.ts';
import { importConfig } from '../../proxy-engine/importers/import.ts';
import { fileNamed, importing } from './importing.ts';

const FILES = { charles: 'charles.xml', requestly: 'requestly.json', har: 'session.har', nginx: 'site.conf' } as const;

describe.each(IMPORT_FORMATS)('a file of %s', (format) => {
  it('is known by its content', () => {
    expect(importing(FILES[format]).format).toBe(format);
  });

  it('makes a config that the schema takes, and has a reason for all that it leaves out', () => {
    const { text, items } = importing(FILES[format]);
    const config = configSchema.parse(parse(text));
    expect(config.rules.length).toBeGreaterThan(0);
    for (const { outcome, why } of items) expect(why === undefined || why === '').toBe(outcome === 'mapped');
  });

  it('takes no name that the config has', () => {
    const into = configSchema.parse(parse(importing(FILES[format]).text));
    const { part } = importing(FILES[format], { into });
    const before = new Set(into.rules.map(({ name }) => name));
    expect(part.rules.filter(({ name }) => before.has(name))).toEqual([]);
    expect(Object.keys(part.pools).filter((name) => name in into.pools)).toEqual([]);
    expect(Object.keys(part.listeners)).toEqual([]); // their addresses are there already
    expect(importing(FILES[format], { into }).doubtful).toContainEqual(
      expect.stringMatching(/^the config: \d+ of \d+ names: /),
    );
  });

  it('fails in words, and at once, on what is none', () => {
    const source = fileNamed(FILES[format]);
    const damaged = fc
      .tuple(fc.nat(source.length), fc.nat(60), fc.string())
      .map(([at, length, text]) => source.slice(0, at) + text + source.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (text) => {
        try {
          const { items } = importConfig(text, { format });
          expect(items.length).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableImport);
        }
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

it.each([
  { text: 'hello', message: /none of charles, requestly, har, nginx/ },
  { text: '{"log": {"entries": 5}}', format: 'har', message: /log\.entries/ },
  { text: '[{"a": 1}]', format: 'requestly', message: /ruleType/ },
  { text: '{', format: 'requestly', message: /not JSON/ },
  { text: '<map>\n<toolEnabled>\n</map>', format: 'charles', message: /^line \d+, column \d+: / },
  { text: '<a/>', format: 'charles', message: /no settings of Charles/ },
  { text: 'server {\n  listen 80;\n', format: 'nginx', message: /line 1: the block that opens here does not close/ },
  { text: 'server { }\n}', format: 'nginx', message: /line 2: a } without its {/ },
  { text: 'server { listen 80 }', format: 'nginx', message: /./ },
  { text: 'events { }', format: 'nginx', message: /neither a server nor an upstream/ },
] as const)('says what is wrong with $text', ({ message, text, ...options }) => {
  expect(() => importConfig(text, options)).toThrow(message);
});

it('one name that is there already is no sign of a file that was imported before', () => {
  const into = configSchema.parse({ version: 1, pools: { app: { backends: [{ url: 'http://a' }] } } });
  const site = 'upstream app { server 127.0.0.1:3000; } server { listen 8080; location / { proxy_pass http://app; } }';
  expect(importConfig(site, { into }).items.filter(({ at }) => at === 'the config')).toEqual([]);
});
