import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type ConfigDocument, configSchema } from '../../../proxy-engine/contract/config.ts';
import { editText } from '../../../proxy-engine/host/config/edit.ts';
import { loadConfig } from '../../../proxy-engine/host/config/load.ts';

// ── documents as people might write them ─────────────────────────────────────────────────────────────────────────────

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,8}( [A-Za-z0-9._-]{1,8})?$/);
const header = fc.stringMatching(/^[a-z]{1,6}(-[a-z0-9]{1,6})?$/).filter((text) => !FRAMING.has(text));
const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding']);
/** Everything that YAML reads as something else than text, or that a plain word cannot hold. */
const awkward = fc.constantFrom(
  'yes',
  'null',
  '~',
  '1e3',
  '0x1f',
  '- a',
  '# no',
  'a: b',
  '{a}',
  '[',
  "'",
  '"',
  ' a ',
  '',
  '|',
  '>',
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '`',
  '2026-11-24',
  '1:30',
  '\u2028',
  '🦊',
);
/** A dollar begins a variable; two are one dollar. */
const plain = fc
  .oneof(awkward, fc.string({ unit: 'binary', maxLength: 20 }))
  .map((text) => text.replaceAll('$', '$$$$'));
const value = plain.map((text) => text.replaceAll(/[^\t -~\x80-\uffff]/g, ''));
const expression = fc.constantFrom(
  'path ^= /v1/',
  'method in (GET, POST) and not has header[x-a]',
  'host = "a b" or path ~ "^/(a|b)"',
  '"quoted: #text"',
);
const duration = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom('ms', 's', 'm'))
  .map((parts) => parts.join(''));
const headers = fc.dictionary(header, value, { minKeys: 1, maxKeys: 3 });

const action = fc.oneof(
  headers.map((set) => ({ set })),
  headers.map((append) => ({ append })),
  fc.array(header, { minLength: 1, maxLength: 3 }).map((names) => ({ delete: names })),
  duration.map((delay) => ({ delay })),
  plain.map((text) => ({ body: { set: text } })),
  fc.tuple(value, value).map(([note, color]) => ({ mark: { note, color } })),
  fc.constant({ breakpoint: true as const }),
  fc.constant({ throttle: { down: '1.5Mbps', up: '750kbps', latency: '150ms' } }),
);
const requestAction = fc.oneof(
  action,
  fc.constant({ path: { replace: '^/v1/(.*)', with: '/v2/$1' } }),
  fc.dictionary(name, value, { maxKeys: 2 }).map((set) => ({ query: { set } })),
  fc.record({ status: fc.integer({ min: 200, max: 599 }), headers, body: plain }).map((respond) => ({ respond })),
);
const rule = fc.record(
  {
    name,
    enabled: fc.boolean(),
    match: expression,
    limit: fc.record({ requests: fc.constantFrom('50/s', '9/m'), burst: fc.nat(100) }),
    request: fc.array(requestAction, { maxLength: 3 }),
    response: fc.array(action, { maxLength: 3 }),
  },
  { requiredKeys: ['name'] },
);
const backend = fc.record(
  {
    url: fc.integer({ min: 1, max: 65_535 }).map((port) => `http://127.0.0.1:${port}`),
    weight: fc.nat(256),
    backup: fc.boolean(),
  },
  { requiredKeys: ['url'] },
);
const unique = <T>(arbitrary: fc.Arbitrary<T>, key: (one: T) => string) =>
  fc.uniqueArray(arbitrary, { maxLength: 4, selector: key });
const document: fc.Arbitrary<ConfigDocument> = fc
  .record({
    version: fc.constant(1 as const),
    pools: fc.record({
      api: fc.record({ backends: fc.uniqueArray(backend, { minLength: 1, maxLength: 3, selector: ({ url }) => url }) }),
    }),
    routes: unique(
      fc.record({ name, match: expression, pool: fc.constant('api') }, { requiredKeys: ['name', 'pool'] }),
      (one) => one.name,
    ),
    rules: unique(rule, (one) => one.name),
  })
  // Nothing is shared: the printer would make aliases of it.
  .map((written) => JSON.parse(JSON.stringify(written)) as ConfigDocument);

function configOf(text: string) {
  const loaded = loadConfig(text, { baseDir: '/', environment: {}, readFile: () => '' });
  if (!loaded.ok) throw new Error(`${JSON.stringify(loaded.issues)}\n${text}`);
  return loaded.config;
}

test.each<[form: string, print: (value: unknown) => string]>([
  ['YAML', (value) => stringify(value, { lineWidth: 0 })],
  ['JSON', (value) => JSON.stringify(value, null, 2)],
])('a document printed as %s is read as the same config', (_form, print) => {
  fc.assert(
    fc.property(document, (written) => {
      expect(configOf(print(written))).toEqual(configSchema.parse(written));
    }),
    { numRuns: 500, seed: 21 },
  );
});

test('an edit changes what it names and nothing else', () => {
  const edit = fc.oneof(
    fc.record({ key: fc.constantFrom('name', 'match', 'enabled'), value: fc.oneof(plain, fc.boolean(), fc.nat()) }),
    fc.record({ key: fc.constant('request'), value: fc.array(requestAction, { maxLength: 3 }) }),
  );
  fc.assert(
    fc.property(document, fc.nat(3), edit, fc.boolean(), (written, at, { key, value }, flow) => {
      const rules = written.rules ?? [];
      fc.pre(rules.length > 0);
      const index = at % rules.length;
      const text = stringify(written, { lineWidth: 0, ...(flow && { collectionStyle: 'flow' }) });
      const wanted = structuredClone(written) as { rules: Record<string, unknown>[] };
      (wanted.rules[index] as Record<string, unknown>)[key] = value;
      expect(parse(editText(text, [{ path: ['rules', index, key], value }]))).toEqual(wanted);
    }),
    { numRuns: 500, seed: 22 },
  );
});
