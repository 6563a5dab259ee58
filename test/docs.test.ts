/** What the guides and examples show is taken by the program. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../proxy-engine/contract/api.ts';
import { configSchema } from '../proxy-engine/contract/config.ts';
import { loadConfig } from '../proxy-engine/host/config/load.ts';
import { loadDrill } from '../proxy-engine/host/drills/drill-document.ts';
import { loadQuickJs } from '../proxy-engine/scripts/load-quickjs.ts';
import { Sandbox } from '../proxy-engine/scripts/sandbox.ts';

const root = join(import.meta.dirname, '..');
const guides = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

function blocks(language: string): [place: string, text: string][] {
  return guides.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
      ({ index, 1: code = '' }): [string, string] => [`${file}:${text.slice(0, index).split('\n').length}`, code],
    );
  });
}

const examples = readdirSync(join(root, 'examples')).map((file): [string, string] => [
  `examples/${file}`,
  readFileSync(join(root, 'examples', file), 'utf8'),
]);

const documents = [...blocks('yaml'), ...examples];
const isDrill = ([, text]: [string, string]): boolean => /^load:/m.test(text);

test.each(documents.filter(isDrill))('the drill of %s', (_place, text) => {
  const result = loadDrill(text, undefined, {});
  expect(result.ok ? [] : result.issues).toEqual([]);
});

test.each(documents.filter((document) => !isDrill(document)))('the config of %s', (_place, text) => {
  const whole = /^version:/m.test(text) ? text : `version: 1\n${text}`;
  const result = loadConfig(whole, { baseDir: root, environment: {}, readFile: () => 'rules: []' });
  expect(result.ok ? [] : result.issues).toEqual([]);
});

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function anchorsIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^```.*?^```/gms, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

test.each([...guides, 'CONTRIBUTING.md', 'CHANGELOG.md'])('the links of %s lead somewhere', (guide) => {
  const links = [...readFileSync(join(root, guide), 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  const isBroken = ([, path = '', anchor]: RegExpExecArray): boolean => {
    const file = path === '' ? guide : join(dirname(guide), path);
    return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsIn(file).includes(anchor));
  };
  expect(links.filter(isBroken).map(([link]) => link)).toEqual([]);
});

test('the files that the life of an exchange names are there', () => {
  const text = readFileSync(join(root, 'docs/life-of-an-exchange.md'), 'utf8');
  const named = [...text.matchAll(/`([a-z0-9-]+(?:\/[a-z0-9-]+)+|[a-z-]+\.ts)(?:\.ts|\/\*|\/)?`/g)].map(
    ([, path = '']) => path,
  );
  const engine = join(root, 'proxy-engine');
  const isThere = (path: string): boolean => existsSync(join(engine, path)) || existsSync(join(engine, `${path}.ts`));
  const anywhere = new Set(
    readdirSync(engine, { recursive: true, encoding: 'utf8' }).map((path) => path.split('/').at(-1)),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !isThere(path) && !anywhere.has(path))).toEqual([]);
});

test.each(blocks('js'))('the script of %s', async (_place, source) => {
  const sandbox = new Sandbox(await loadQuickJs()(), 'script.js', source);
  const request = { method: 'GET', target: '/shop/a', headers: [['Host', 'a']] satisfies [string, string][] };
  const about = {
    id: 1,
    rule: 'r',
    listener: 'gateway',
    clientIp: '127.0.0.1',
    scheme: 'http',
    authority: 'a',
    request,
  };
  const asked = sandbox.call({ ...about, phase: 'request', bodyComplete: true }, Buffer.from(''));
  expect(asked.error).toBeNull();
  expect(asked.changes.request?.headers).toContainEqual(['x-from', '127.0.0.1']);
  const response = { status: 200, headers: [['Content-Type', 'application/json']] satisfies [string, string][] };
  const body = Buffer.from('{"prices":[1,2]}');
  const answered = sandbox.call({ ...about, phase: 'response', response, bodyComplete: true }, body);
  expect(answered.error).toBeNull();
  expect(Buffer.from(answered.changes.body ?? []).toString()).toBe('{"prices":[2,4]}');
  expect(answered.console.map(({ text }) => text)).toEqual(['http://a/shop/a 2']);
});

const textOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');

/** The config of `text`, or its mistakes. */
function parsed(text: string) {
  const result = loadConfig(text, { baseDir: root, environment: {}, readFile: () => '' });
  return result.ok ? result.config : result.issues;
}

test('the defaults that the guide to the config shows are those of the program', () => {
  const shown = blocks('yaml').filter(([place]) => place.startsWith('docs/configuration.md'));
  const whole = shown.find(([, text]) => text.includes('limits:'))?.[1] ?? '';
  const check = shown.find(([, text]) => text.includes('healthCheck:\n'))?.[1] ?? '';
  const pool = "{ backends: [{ url: 'http://127.0.0.1:3001' }]";
  expect(parsed(whole)).toEqual(
    parsed(`version: 1\nlisteners: { gateway: { address: '127.0.0.1:8080' } }\npools: { api: ${pool} } }\n`),
  );
  expect(parsed(check)).toEqual(parsed(`pools: { api: ${pool}, healthCheck: {} } }\n`));
});

/** Every key that stands somewhere in a schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: object };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(keysOf)];
}

test('the guides name every key of the config, command, error and metric', () => {
  const config = keysOf(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }));
  const codes = [...textOf('proxy-engine/errors.ts').matchAll(/^ {2}([A-Z_]+): \{ source/gm)].map(([, code]) => code);
  const metrics = [
    ...textOf('proxy-engine/metrics/metrics.ts').matchAll(/(?:gauge|counter)\(\s*'(\w+)'|\bname: '(\w+)'/g),
  ].map(([, one, other]) => one ?? other);
  const running = textOf('docs/running.md');
  const written = `${textOf('docs/configuration.md')}${textOf('docs/rules.md')}${textOf('docs/forward-proxy.md')}`;
  expect([config.length > 100, codes.length > 30, metrics.length > 20]).toEqual([true, true, true]);
  expect(config.filter((key) => !new RegExp(`\\b${key}\\b`).test(written))).toEqual([]);
  expect([...Object.keys(commands), ...codes, ...metrics].filter((name) => !running.includes(`\`${name}\``))).toEqual(
    [],
  );
});

interface JsonSchema {
  properties?: Record<string, { enum?: string[] }>;
  required?: string[];
  anyOf?: JsonSchema[];
}

/** `{ pool, backend, state: ready|drain|maint, persist? }` */
function inputOf({ properties = {}, required = [], anyOf = [] }: JsonSchema): string {
  if (anyOf.length > 0) return anyOf.map(inputOf).join(' | ');
  const keys = Object.entries(properties).map(([key, of]) => {
    const name = required.includes(key) ? key : `${key}?`;
    return of.enum ? `${name}: ${of.enum.join('|')}` : name;
  });
  return keys.length === 0 ? '' : `{ ${keys.join(', ')} }`;
}

test('the guide to the control API tells what each command takes', () => {
  const inputs = Object.entries(commands).map(([name, schema]) => {
    const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    return `${name} ${inputOf(described as JsonSchema)}`.trim();
  });
  expect(/```text\n(.*?)\n```/s.exec(textOf('docs/running.md'))?.[1]?.split('\n')).toEqual(inputs);
});
