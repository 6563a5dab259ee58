/** No input makes parser, pattern or script hang: 10,000 of each, hostile on purpose, the same ones in every run. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExpression } from '../proxy-engine/contract/expression/parse.ts';
import { compilePattern, isMistake } from '../proxy-engine/match/pattern.ts';
import { loadQuickJs } from '../proxy-engine/scripts/load-quickjs.ts';
import { SCRIPT_CPU_MS } from '../proxy-engine/scripts/protocol.ts';
import { Sandbox } from '../proxy-engine/scripts/sandbox.ts';

const INPUTS = 10_000;
/** Milliseconds of this thread. */
const LIMIT_MS = 50;
/** A pause of the machine or of the garbage collector does not hit the same input every time. */
const TRIES = 5;

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The CPU time of `act`, the shortest of a few when it was longer than `limitMs`. */
function costMs(act: () => void, limitMs = LIMIT_MS): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tried = 0; tried < TRIES && least >= limitMs; tried++) {
    const before = cpuMs();
    act();
    least = Math.min(least, cpuMs() - before);
  }
  return least;
}

/** Inputs that took longer than they may, shortened. */
function late<T>(inputs: readonly T[], act: (input: T) => void): string[] {
  return inputs.flatMap((input) => {
    const ms = costMs(() => act(input));
    return ms < LIMIT_MS ? [] : [`${ms.toFixed(0)} ms: ${JSON.stringify(input).slice(0, 200)}`];
  });
}

const sample = <T>(arbitrary: fc.Arbitrary<T>, seed: number): T[] => fc.sample(arbitrary, { numRuns: INPUTS, seed });

/** Pieces in a row, glued or repeated very often. */
function soup(pieces: readonly string[], maxRepeats: number): fc.Arbitrary<string> {
  const piece = fc.constantFrom(...pieces);
  const many = fc.array(piece, { maxLength: 80 });
  return fc.oneof(
    many.map((all) => all.join('')),
    many.map((all) => all.join(' ')),
    fc.tuple(fc.array(piece, { maxLength: 4 }), fc.nat(maxRepeats)).map(([all, times]) => all.join('').repeat(times)),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
}

test('expressions', () => {
  const pieces = [
    '(',
    ')',
    'not ',
    ' and ',
    ' or ',
    'host',
    'path',
    ' = ',
    ' ~ ',
    '"',
    '"a"',
    "'",
    'header[',
    ']',
    ' in (',
    ',',
  ];
  const inputs = sample(soup([...pieces, '5xx', '\\', '\n', '&&', '中', '🦊', '\ud800', '\0'], 2000), 11);
  expect(late(inputs, (text) => parseExpression(text))).toEqual([]);
}, 120_000);

test('patterns, and what they are matched with', () => {
  const pieces = [
    '(',
    ')',
    'a',
    'a*',
    '(a+)+',
    '(a|a)*',
    '(a|aa)+',
    '.*',
    '[a-z]+',
    '{2,9}',
    '{1000}',
    '|',
    '^',
    '$',
    '\\b',
    '\\pL',
    '(?i)',
    '[^',
    ']',
    '🦊',
  ];
  const texts = [
    'a'.repeat(2000),
    `${'a'.repeat(2000)}!`,
    'ab'.repeat(1000),
    '/v1/items/'.repeat(200),
    '🦊'.repeat(800),
    '',
  ];
  const inputs = sample(fc.tuple(soup(pieces, 200), fc.constantFrom(...texts)), 12);
  const outcome = late(inputs, ([source, text]) => {
    const pattern = compilePattern(source);
    if (!isMistake(pattern)) pattern.test(text);
  });
  expect(outcome).toEqual([]);
}, 240_000);

test('exchanges that scripts look at', async () => {
  const newQuickJs = loadQuickJs();
  const source = `const words = /^([\\w.]+)=(\\w*)$/;
    function onRequest({ request }) {
      for (const [name, value] of request.headers) request.headers.set('x-' + name, value.slice(0, 10));
      for (const part of request.query.split('&')) words.test(part);
      try { request.json(); } catch { request.body = request.body.toUpperCase(); }
    }`;
  const sandbox = new Sandbox(await newQuickJs(), 'script.js', source);
  const about = {
    id: 1,
    rule: 'r',
    phase: 'request',
    listener: '',
    clientIp: '',
    scheme: 'http',
    authority: 'a',
  } as const;
  const name = fc.constantFrom('host', 'cookie', '__proto__', 'constructor', 'toString', 'X-A');
  const header = fc.tuple(name, fc.string({ unit: 'binary', maxLength: 100 }));
  const body = soup(['{', '}', '[', ']', '"a":', '1e999', 'null,', '"', '\\u0000', '🦊', '\0'], 500);
  const target = fc.string({ maxLength: 200 }).map((text) => `/${text}`);
  const inputs = sample(fc.tuple(fc.array(header, { maxLength: 20 }), body, target), 13);
  const wrong: string[] = [];
  const outcome = late(inputs, ([headers, text, path]) => {
    const request = { method: 'GET', target: path, headers };
    const { error, usable } = sandbox.call({ ...about, request, bodyComplete: true }, Buffer.from(text));
    if (!usable) wrong.push(`${error?.message}: ${JSON.stringify([headers, text, path]).slice(0, 200)}`);
  });
  expect([outcome, wrong]).toEqual([[], []]);
}, 240_000);

test('scripts', async () => {
  const newQuickJs = loadQuickJs();
  const pieces = [
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    'function onRequest(e) {',
    'for(;;){',
    'e.request.body',
    '=',
    '+=',
    '"a"',
    '`',
    '${',
    '=>',
    'async ',
    'await ',
    'yield ',
    'try{',
    '}catch{}',
    '\n',
    ';',
    '/(a+)+$/',
    '.test(',
    'class A extends ',
    'new Proxy(',
    '...',
    '0n',
    '**',
    '🦊',
    '\0',
  ];
  let quickjs = await newQuickJs();
  const about = {
    id: 1,
    rule: 'r',
    phase: 'request',
    listener: '',
    clientIp: '',
    scheme: 'http',
    authority: 'a',
  } as const;
  const exchange = { ...about, request: { method: 'GET', target: '/', headers: [] }, bodyComplete: true };
  let asked = 0;
  const cpuOf = () => ++asked * MS_PER_ASKING;
  let stopped = 0;
  const wrong: string[] = [];
  for (const [i, source] of sample(fc.oneof(soup(pieces, 50), runaway()), 14).entries()) {
    // Sandboxes that were forgotten still fill the memory of their QuickJS.
    if (i % 100 === 99) quickjs = await newQuickJs();
    const run = () => {
      asked = 0;
      const { error, usable } = new Sandbox(quickjs, 'script.js', source, cpuOf).call(exchange, Buffer.from(''));
      if (usable) return;
      stopped++;
      if (!error?.message.startsWith('took longer than 50 ms'))
        wrong.push(`${error?.message}: ${source.slice(0, 200)}`);
    };
    const ms = costMs(run);
    if (ms >= LIMIT_MS) wrong.push(`${ms.toFixed(0)} ms: ${source.slice(0, 200)}`);
    // Making it, reading the source, one call and its jobs: each ends at the first asking after its 50 ms.
    if (asked > 4 * (SCRIPT_CPU_MS / MS_PER_ASKING + 2)) wrong.push(`asked ${asked} times: ${source.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  expect(stopped).toBeGreaterThan(1000);
}, 240_000);

/** Programs that are right, and mostly never end: loops in functions, callbacks, getters, generators, promises, patterns. */
function runaway(): fc.Arbitrary<string> {
  const { loop } = fc.letrec<{ loop: string }>((tie) => ({
    loop: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        'for (;;);',
        'while (true) x++;',
        'do { x += "a"; x = x.slice(0, 9); } while (x);',
        'f(); function f() { f(); }',
        '/(a+)+$/.test("a".repeat(40) + "!");',
        '"a".repeat(9000).replace(/(a*)*b/g, "");',
        'for (const y of { *[Symbol.iterator]() { for (;;) yield x; } });',
        'new Proxy({}, { get: (target, key, proxy) => proxy[key] }).x;',
        'JSON.stringify({ toJSON() { for (;;); } });',
        'throw { get message() { for (;;); } };',
        'e.request.headers.set("a", { toString() { for (;;); } });',
        'await 0; for (;;) await 0;',
        'x = [1]; for (const y of x) { x.push(y); x.shift(); }',
      ),
      tie('loop').map((inner) => `try { ${inner} } finally { ${inner} }`),
      tie('loop').map((inner) => `try { ${inner} } catch { ${inner} }`),
      tie('loop').map((inner) => `[2, 1].sort(async () => { ${inner} });`),
      tie('loop').map((inner) => `void (async () => { ${inner} })(); ${inner}`),
    ),
  }));
  const phase = fc.constantFrom(
    'async function onRequest(e) { let x = 0; BODY }',
    'let x = 0, e; (async () => { BODY })();',
  );
  return fc.tuple(phase, loop).map(([outer, body]) => outer.replace('BODY', () => body));
}

/** QuickJS asks every 10,000 steps how late it is; this is what it is told they took, so that a slow machine changes nothing. */
const MS_PER_ASKING = 5;
