import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { variablesOf } from '../../proxy-engine/contract/environment-reference.ts';
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
  { text: 'server {\nlisten 80 location / {} }', format: 'nginx', message: /line 2: listen does not end with a semi/ },
  { text: 'events { }', format: 'nginx', message: /neither a server nor an upstream/ },
] as const)('says what is wrong with $text', ({ message, text, ...options }) => {
  expect(() => importConfig(text, options)).toThrow(message);
});

/** Of each format a file of a stranger that asks for variables of the environment wherever it has a text. */
const ASKING: Record<string, string> = {
  requestly: JSON.stringify(
    [
      ['Headers', { modifications: { Request: [{ header: 'X-A', type: 'Add', value: '${HOME} $host' }] } }],
      ['Request', { request: { type: 'static', value: '${HOME} $host' } }],
      ['Response', { response: { type: 'static', value: 'a=`${HOME}` $host' } }],
      ['Replace', { from: '/v(\\d)${HOME}/', to: '/${HOME}$1$host' }],
      ['Redirect', { destination: 'http://x/${HOME}' }],
    ].map(([ruleType, change]) => ({
      name: 'r ${HOME}',
      objectType: 'rule',
      ruleType,
      status: 'Active',
      pairs: [{ source: { key: 'Url', operator: 'Equals', value: 'a/${HOME}' }, ...(change as object) }],
    })),
  ),
  charles: `<rewriteSet><active>true</active><name>e \${HOME}</name><hosts><locationPatterns><locationMatch><location><path>/a/\${HOME}/*</path></location></locationMatch></locationPatterns></hosts><rules>${[
    '<ruleType>1</ruleType><newHeader>X-T</newHeader><newValue>${HOME} $host</newValue>',
    '<ruleType>7</ruleType><newValue>all ${HOME} $host</newValue><matchResponse>true</matchResponse>',
    '<ruleType>5</ruleType><matchValue>/v(\\d)${HOME}</matchValue><matchValueRegex>true</matchValueRegex><newValue>/${HOME}$1$host</newValue>',
    '<ruleType>8</ruleType><newHeader>q</newHeader><newValue>${HOME}</newValue>',
  ]
    .map((rule) => `<rewriteRule><active>true</active>${rule}</rewriteRule>`)
    .join('')}</rules></rewriteSet>`,
  har: JSON.stringify({
    log: {
      entries: [
        {
          request: { method: 'GET', url: 'http://a.test/x?q=${HOME}' },
          response: { status: 200, headers: [], content: { text: 'a=`${HOME}` $host', size: 9 } },
        },
      ],
    },
  }),
  nginx:
    'server { listen 80; location ~ "^/a${HOME}" { return 200 "${HOME} $host"; } location "/b${HOME}" { return 204; } }',
};

it.each(IMPORT_FORMATS)('%s: what a file says is never taken from the environment', (format) => {
  const { part, items } = importConfig(ASKING[format] ?? '', { format });
  expect(variablesOf(part)).toEqual([]);
  expect(part.rules.length + part.routes.length).toBeGreaterThan(0);
  if (format !== 'nginx') expect(items.filter(({ outcome }) => outcome === 'unmapped')).toEqual([]);
});

it('a variable of the environment is text in conditions, too', () => {
  const { part } = importConfig(ASKING['requestly'] ?? '', { format: 'requestly' });
  const conditions = part.rules.map(({ match }) => match?.replace(' and not method in (GET, HEAD)', ''));
  expect(conditions).toEqual(Array(5).fill('url ~ "^a/\\\\$\\\\{HOME\\\\}$"'));
  expect(part.rules[4]?.request).toEqual([{ path: { replace: 'v(\\d)$\\{HOME}', with: '/$${HOME}$1$$host' } }]);
  expect(part.rules[2]?.response).toEqual([{ body: { set: 'a=`$${HOME}` $$host' } }]);
});

it('one name that is there already is no sign of a file that was imported before', () => {
  const into = configSchema.parse({ version: 1, pools: { app: { backends: [{ url: 'http://a' }] } } });
  const site = 'upstream app { server 127.0.0.1:3000; } server { listen 8080; location / { proxy_pass http://app; } }';
  expect(importConfig(site, { into }).items.filter(({ at }) => at === 'the config')).toEqual([]);
});
