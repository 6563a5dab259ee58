/** What the guides and examples show is taken by the program. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
