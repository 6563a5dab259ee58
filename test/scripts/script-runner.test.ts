import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../proxy-engine/clock.ts';
import type { HeldMessage, Verdict } from '../../proxy-engine/rules/verdict.ts';
import { ScriptRunner } from '../../proxy-engine/scripts/script-runner.ts';
import { heldMessage, type MessageOptions } from '../support/exchanges.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchyard-scripts-'));
const runner = new ScriptRunner(systemClock);
afterAll(async () => {
  await runner.close();
  rmSync(directory, { recursive: true, force: true });
});

let count = 0;
let file = '';
beforeEach(() => {
  file = join(directory, `script-${++count}.js`);
});

async function run(source: string, options: MessageOptions = {}): Promise<{ verdict: Verdict; message: HeldMessage }> {
  writeFileSync(file, source);
  const message = heldMessage(options);
  return { verdict: await runner.run({ file, rule: 'r' }, message), message };
}

const onRequest = (body: string) => `function onRequest(exchange) {\n${body}\n}`;
const onResponse = (body: string) => `function onResponse(exchange) {\n${body}\n}`;
const traceOf = ({ exchange }: HeldMessage) => exchange.scripts?.at(-1);

describe('what a script changes', () => {
  it('edits the request line and headers, and leaves other lines and their order alone', async () => {
    const { message } = await run(
      onRequest(`
        const { request } = exchange;
        request.method = 'PUT';
        request.path = '/v2' + request.path;
        request.query += '&debug=1';
        request.headers.set('X-User', 'Zoë');
        request.headers.append('x-tag', 'b');
        request.headers.delete('cookie');`),
      {
        headers: [
          ['x-user', 'old'],
          ['Cookie', 'a=1'],
          ['Content-Length', '0'],
          ['X-Bytes', '\xff\xfe'],
        ],
      },
    );
    const { outgoing, request } = message.exchange;
    expect([outgoing.method, outgoing.target]).toEqual(['PUT', '/v2/v1/items?page=2&debug=1']);
    expect(outgoing.headers.lines()).toEqual([
      ['Host', 'api.test'],
      ['x-user', 'Zo\xc3\xab'],
      ['Content-Length', '0'],
      ['X-Bytes', '\xff\xfe'],
      ['x-tag', 'b'],
    ]);
    expect(request.headers.has('cookie')).toBe(true);
  });

  it('edits the response', async () => {
    const { message, verdict } = await run(
      onResponse(`
        exchange.response.status = 418;
        exchange.response.headers.set('x-seen', exchange.request.method + ' ' + exchange.response.status);
        const data = exchange.response.json();
        data.items.push('tea');
        exchange.response.body = data;`),
      { phase: 'response', body: '{"items":["é"]}' },
    );
    expect(message.exchange.answered).toMatchObject({ status: 418, reason: "I'm a Teapot" });
    expect(message.exchange.answered?.headers.lines()).toEqual([['x-seen', 'GET 418']]);
    expect(verdict.body?.toString()).toBe('{"items":["é","tea"]}');
  });

  it.each<[name: string, body: string, sent: string, expected: string | null]>([
    ['nothing', 'exchange.request.body;', 'as it was', null],
    ['text', "exchange.request.body = exchange.request.body.replace('old', 'new');", 'old 😀 text', 'new 😀 text'],
    ['text with a NUL', "exchange.request.body += '\\0end';", 'a\0b', 'a\0b\0end'],
    ['bytes', 'const { bytes } = exchange.request; bytes[0] = 66; exchange.request.bytes = bytes;', 'Abc', 'Bbc'],
    ['an object', 'exchange.request.body = { a: [1] };', '', '{"a":[1]}'],
  ])('edits a body: %s', async (_name, body, sent, expected) => {
    const { verdict } = await run(onRequest(body), { body: sent });
    expect(verdict.body?.toString() ?? null).toBe(expected);
  });

  it('answers', async () => {
    const { verdict } = await run(
      onRequest("exchange.respond({ status: 404, headers: { 'x-a': 'b' }, body: { error: 'gone' } });"),
    );
    expect(verdict.answer?.status).toBe(404);
    expect(verdict.answer?.headers.lines()).toEqual([
      ['x-a', 'b'],
      ['content-type', 'application/json'],
    ]);
    expect(Buffer.from(verdict.answer?.body ?? '').toString()).toBe('{"error":"gone"}');
  });

  it.each<[what: string, headers: string]>([
    ['lists of values', "{ 'set-cookie': ['a=1', 'b=2'], 'x-a': 'c' }"],
    ['lines', "[['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-a', 'c']]"],
    ['a map', "new Map([['set-cookie', ['a=1', 'b=2']], ['x-a', 'c']])"],
    ['those of a message', '(exchange.request.headers.delete("host"), exchange.request.headers)'],
  ])('answers with %s as headers', async (_what, headers) => {
    const { verdict } = await run(onRequest(`exchange.respond({ headers: ${headers}, body: null });`), {
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-a', 'c'],
      ],
    });
    expect(verdict.answer?.headers.lines()).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', 'c'],
    ]);
    expect(verdict.answer?.body).toHaveLength(0);
  });

  it.each<[what: string, body: string, sent: string, came?: string]>([
    ['left alone', "exchange.request.headers.set('a', 'b');", '/\xe4?q=\xff', '/\xe4?q=\xff'],
    ['with another query', "exchange.request.query = 'q=é';", '/%E4%B8%AD?q=%C3%A9'],
    ['read as text', "exchange.request.path = exchange.request.path.replace('中', '/ok');", '//ok?q=1'],
  ])('a path of bytes that are not ASCII, %s', async (_what, body, sent, target = '/\xe4\xb8\xad?q=1') => {
    const { message } = await run(onRequest(body), { target });
    expect(message.exchange.outgoing.target).toBe(sent);
  });

  it('aborts and notes', async () => {
    const { verdict, message } = await run(onRequest("exchange.note('seen'); exchange.abort('close');"));
    expect([verdict.abort, message.exchange.mark?.note]).toEqual(['close', 'seen']);
  });

  it.each([
    ['a function', onRequest("exchange.note('ran');")],
    ['a constant', "const onRequest = (exchange) => exchange.note('ran');"],
    ['an export', "const text = 'ran';\nexport function onRequest(exchange) { exchange.note(text); }"],
    ['an export in the middle of a line', "let k = []; export function onRequest(exchange) { exchange.note('ran'); }"],
    ['a function in text that has an export', onRequest("const text = `\nexport `; exchange.note('ran');")],
    ['an async function', "async function onRequest(exchange) { await null; exchange.note('ran'); }"],
  ])('may be %s', async (_name, source) => {
    const { message } = await run(source);
    expect(message.exchange.mark?.note).toBe('ran');
  });

  it('keeps its variables from call to call, until its file changes', async () => {
    const source = 'let calls = 0;\nfunction onRequest(exchange) { exchange.note(String(++calls)); }';
    const notes: (string | undefined)[] = [];
    for (const text of [source, null, `${source}\n// changed`]) {
      if (text !== null) writeFileSync(file, text);
      const message = heldMessage();
      await runner.run({ file, rule: 'r' }, message);
      notes.push(message.exchange.mark?.note);
    }
    expect(notes).toEqual(['1', '2', '1']);
  });

  it('is read again when it was saved with the same length', async () => {
    await run(onRequest("exchange.note('a');"));
    writeFileSync(file, onRequest("exchange.note('b');"));
    utimesSync(file, 1, 2);
    const message = heldMessage();
    await runner.run({ file, rule: 'r' }, message);
    expect(message.exchange.mark?.note).toBe('b');
  });
});

describe('the console', () => {
  it('is shown on the exchange', async () => {
    const { message } = await run(
      onRequest("console.log('a', 1, { b: [2] }, null);\nconsole.error(new TypeError('no'));"),
    );
    expect(traceOf(message)).toMatchObject({
      rule: 'r',
      phase: 'request',
      file: `script-${count}.js`,
      console: [
        { level: 'log', text: 'a 1 {"b":[2]} null' },
        { level: 'error', text: 'TypeError: no' },
      ],
    });
  });

  it.each([
    ['const a = { b: 1 }; a.self = a; console.log(a)', '{"b":1,"self":"[circular]"}'],
    ['const a = { b: 1 }; console.log([a, a])', '[{"b":1},{"b":1}]'],
    ['console.log({ n: 10n }, 10n)', '{"n":"10n"} 10'],
    ['console.log({ toJSON() { throw new Error("no"); } })', '[cannot be shown]'],
    ['console.log(Object.create(null))', '{}'],
  ])('shows what JSON has no words for, and the call goes on: %s', async (code, text) => {
    const { message } = await run(onRequest(`${code}; exchange.note('ran');`));
    expect(message.exchange.mark?.note).toBe('ran');
    expect(traceOf(message)?.console).toEqual([{ level: 'log', text }]);
  });

  it('is bounded', async () => {
    const { message } = await run(onRequest("for (let i = 0; i < 250; i++) console.log('x'.repeat(4100));"));
    const { console: lines } = traceOf(message) ?? { console: [] };
    expect(lines.length).toBe(201);
    expect(lines[0]?.text.length).toBe(4001);
    expect(lines.at(-1)?.text).toContain('more than 200 lines');
  });
});

describe('mistakes', () => {
  it.each<[name: string, source: string, error: { message: string | RegExp; line?: number }]>([
    ['thrown', onRequest("throw new Error('mine');"), { message: 'Error: mine', line: 2 }],
    [
      'a property in a return',
      'function onRequest(x) {\n  const f = (y) => {\n    return y.z.q;\n  };\n  f({});\n}',
      { message: /TypeError/, line: 3 },
    ],
    [
      'the third line of a chain',
      onRequest('const deep = exchange\n  .request\n  .none\n  .more;'),
      { message: /TypeError/, line: 5 },
    ],
    ['a condition', onRequest('const a = {};\nif (a.b.c) return;'), { message: /TypeError/, line: 3 }],
    [
      'a branch',
      onRequest('const a = null;\nif (a) return;\nelse { throw new Error("x"); }'),
      { message: 'Error: x', line: 4 },
    ],
    ['thrown text', onRequest("throw 'mine';"), { message: 'threw "mine"' }],
    ['a call deep down', `function a() {\n  null.x;\n}\n${onRequest('a();')}`, { message: /TypeError/, line: 2 }],
    ['syntax', 'function onRequest(exchange) {\n  let x = ;\n}', { message: /SyntaxError/, line: 2 }],
    ['no handler', 'const a = 1;', { message: 'the script has no function onRequest' }],
    ['an import', "import fs from 'node:fs';\nexport function onRequest() {}", { message: /Error/ }],
    ['a promise for ever', 'function onRequest() { return new Promise(() => {}); }', { message: /never settles/ }],
    ['a rejection', "async function onRequest() {\n  throw new Error('later');\n}", { message: /later/, line: 2 }],
    ['a bad header', onRequest("exchange.request.headers.set('a b', 'c');"), { message: /not a header name/, line: 2 }],
    ['framing', onRequest("exchange.request.headers.set('Content-Length', '1');"), { message: /written by the proxy/ }],
    ['a line break', onRequest("exchange.request.headers.set('a', 'b\\r\\nc: d');"), { message: /no line breaks/ }],
    ['a control', onRequest("exchange.request.headers.set('a', 'b\\x01');"), { message: /no line breaks or/, line: 2 }],
    ['a tunnel', onRequest("exchange.request.method = 'CONNECT';"), { message: /opens a tunnel/, line: 2 }],
    [
      'an answer that is text',
      onRequest("exchange.respond('hi');"),
      { message: /status, headers and body, not hi/, line: 2 },
    ],
    [
      'an answer of two',
      onRequest("exchange.respond(404, 'no');"),
      { message: /status, headers and body, not 404/, line: 2 },
    ],
    ['an unknown part', onRequest('exchange.respond({ statusCode: 404 });'), { message: /statusCode/, line: 2 }],
    ['headers that are text', onRequest("exchange.respond({ headers: 'a: b' });"), { message: /not a: b/, line: 2 }],
    [
      'a header as a property',
      onRequest("exchange.request.headers['x-a'] = 'b';"),
      { message: /headers\.set/, line: 2 },
    ],
    ['a header read so', onRequest("exchange.request.headers['x-a'].trim();"), { message: /headers\.get/, line: 2 }],
    ['what is read-only', onRequest("exchange.request.url = 'http://b.test/';"), { message: /request\.url/, line: 2 }],
    ['what is not there', onRequest('exchange.status = 500;'), { message: /exchange\.status/, line: 2 }],
    ['a bad path', onRequest("exchange.request.path = 'x';"), { message: /begins with/, line: 2 }],
    ['a bad status', onRequest('exchange.respond({ status: 99 });'), { message: /from 200 to 599/ }],
    ['no network', onRequest("fetch('http://127.0.0.1');"), { message: /fetch/, line: 2 }],
    ['no process', onRequest('process.exit();'), { message: /process/, line: 2 }],
  ])('%s', async (_name, source, { message: text, line }) => {
    const { verdict, message } = await run(source);
    const { error } = traceOf(message) ?? {};
    expect(error?.message).toMatch(text);
    if (line !== undefined) expect(error?.line).toBe(line);
    expect(verdict).toEqual({ body: null, answer: null, abort: null });
    expect(message.exchange.mark?.note).toContain(`script-${count}.js`);
  });

  it('what cannot be read', async () => {
    const message = heldMessage();
    await runner.run({ file, rule: 'r' }, message);
    expect(traceOf(message)?.error?.message).toContain('ENOENT');
  });

  it('the request of a response', async () => {
    const { message } = await run(onResponse("exchange.request.path = '/x';"), { phase: 'response' });
    expect(traceOf(message)?.error?.message).toContain('has been sent');
  });

  it('changes made before it are not half done', async () => {
    const { message } = await run(onRequest("exchange.request.method = 'PUT'; exchange.nothing.here;"));
    expect(message.exchange.method).toBe('GET');
  });
});

describe('what would hang or fill the machine', () => {
  it.each<[name: string, body: string, message: RegExp]>([
    ['a loop', 'for (;;);', /longer than 50 ms/],
    ['a loop that catches', 'for (;;) { try { for (;;); } catch {} }', /longer than 50 ms/],
    ['a regex', "/(a+)+$/.test('a'.repeat(40) + 'b');", /longer than 50 ms/],
    ['promises', 'const f = () => Promise.resolve().then(f); return f();', /longer than 50 ms/],
    ['what it throws', 'throw { get message() { for (;;); } };', /longer than 50 ms$/],
    ['a native function', "new Array(2 ** 31).join('ab');", /longer than 50 ms/],
    ['much memory', 'const a = []; for (;;) a.push(new Uint8Array(1024 ** 2));', /more than 32 MiB/],
    ['one large buffer', 'new Uint8Array(2 ** 30);', /more than 32 MiB/],
    ['recursion', 'const f = () => f(); f();', /stack overflow/],
    ['deep JSON', "JSON.parse('['.repeat(100000));", /stack overflow/],
    ['deep source', "eval('('.repeat(100000));", /stack overflow/],
  ])('%s ends the call only', async (_name, body, expected) => {
    const { message } = await run(onRequest(body));
    expect(traceOf(message)?.error?.message).toMatch(expected);
    const after = await run(onRequest("exchange.note('works');"));
    expect(after.message.exchange.mark?.note).toBe('works');
  });

  it('calls that wait behind such a one are run', async () => {
    const bad = join(directory, 'bad.js');
    writeFileSync(bad, onRequest("new Array(2 ** 31).join('ab');"));
    writeFileSync(file, onRequest("exchange.note('works');"));
    const messages = Array.from({ length: 20 }, () => heldMessage());
    const stuck = runner.run({ file: bad, rule: 'r' }, heldMessage());
    await Promise.all([stuck, ...messages.map((message) => runner.run({ file, rule: 'r' }, message))]);
    expect(messages.map(({ exchange }) => exchange.mark?.note)).toEqual(messages.map(() => 'works'));
  });

  it.each([1, 3])('after %d calls, closing ends those under way, and no worker is left or comes', async (calls) => {
    writeFileSync(file, onRequest(''));
    const closing = new ScriptRunner(systemClock);
    const messages = Array.from({ length: calls }, () => heldMessage());
    const ended = Promise.all(messages.map((message) => closing.run({ file, rule: 'r' }, message)));
    await closing.close();
    await ended;
    const late = heldMessage();
    await closing.run({ file, rule: 'r' }, late);
    expect([...messages, late].map((message) => traceOf(message)?.error?.message)).toEqual(
      [...messages, late].map(() => 'the script worker ended'),
    );
  });

  it('a script that breaks the globals harms only itself', async () => {
    const source = `Array.prototype.map = JSON.stringify = Object.entries = () => { throw new Error('broken'); };
      ${onRequest("exchange.request.headers.set('a', 'b');")}`;
    const { message } = await run(source);
    expect(message.exchange.requestHeader('a')).toBe('b');
  });
});
