/** Scripts and breakpoints of rules, through a running engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { type Answer, send, startBackend } from '../support/backend.ts';
import { recorded, startEngine, type TestEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { startHttp2Backend } from '../support/http2.ts';
import { kept } from '../support/kept.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchyard-held-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function start(
  rules: object[],
  more: { pool?: object; clock?: FakeClock; answer?: Answer } = {},
): Promise<TestEngine & { address: string }> {
  const backend = kept(await startBackend('a', more.answer));
  const engine = kept(await startEngine([backend.port], { ...more, rules: rules as never }));
  return { ...engine, address: `127.0.0.1:${engine.port}` };
}

async function heldIds({ engine }: TestEngine, count: number): Promise<number[]> {
  await expect.poll(() => engine.breakpoints.state().held.length).toBe(count);
  return engine.breakpoints.state().held.map(({ id }) => id);
}

const resume = ({ engine }: TestEngine, input: object) =>
  engine.breakpoints.decide(commands['breakpoint.resume'].parse(input));

it('a script edits both ways, and what it said is on the exchange', async () => {
  const file = join(directory, 'both.js');
  writeFileSync(
    file,
    `function onRequest(exchange) {
       exchange.request.headers.set('x-by-script', 'yes');
       console.log('path', exchange.request.path);
     }
     function onResponse({ response }) {
       response.body = { ...response.json(), more: true };
       response.headers.set('x-status', response.status);
     }`,
  );
  const { engine, address } = await start([
    { name: 'both', request: [{ script: file }], response: [{ script: file }] },
  ]);
  const { text, headers } = await send(address, '/p');
  expect(JSON.parse(text)).toMatchObject({ headers: { 'x-by-script': 'yes' }, more: true });
  expect([headers['x-status'], headers['content-length']]).toEqual(['200', String(text.length)]);
  const { scripts, sent } = await recorded(engine);
  expect(sent?.headers).toContainEqual(['x-by-script', 'yes']);
  expect(scripts?.map(({ phase, console: lines }) => [phase, lines.map((line) => line.text)])).toEqual([
    ['request', ['path /p']],
    ['response', []],
  ]);
});

it.each([
  ['text/html; charset=big5', '', 'text/html; charset=utf-8'],
  ['text/html', '<meta charset=big5>', 'text/html; charset=utf-8'],
])('a script reads %s %s in its charset, and what it writes goes out in UTF-8', async (type, head, told) => {
  const file = join(directory, `big5-${head.length}.js`);
  writeFileSync(file, `function onResponse({ response }) { response.body = response.body.replace('文', 'é'); }`);
  const page = Buffer.concat([Buffer.from(head), Buffer.from([0xa4, 0xa4, 0xa4, 0xe5])]); // 中文
  const answer: Answer = (_, response) => void response.writeHead(200, { 'content-type': type }).end(page);
  const { address } = await start([{ name: 'script', response: [{ script: file }] }], { answer });
  const { text, headers } = await send(address, '/p');
  expect([text, headers['content-type']]).toEqual([`${head}中é`, told]);
});

it('a script that fails breaks no traffic', async () => {
  const file = join(directory, 'bad.js');
  writeFileSync(file, 'function onRequest() {\n  for (;;);\n}');
  const { engine, address } = await start([{ name: 'bad', request: [{ script: file }] }]);
  expect((await send(address, '/p')).status).toBe(200);
  const { scripts, mark } = await recorded(engine);
  expect(scripts?.[0]?.error?.message).toMatch(/^took longer than 50 ms, in/);
  expect(mark?.note).toMatch(/bad\.js:\d+.*: took longer/);
});

it('a breakpoint holds a request until it is resumed with edits', async () => {
  const test = await start([{ name: 'stop', request: [{ breakpoint: true }] }]);
  const reply = send(test.address, '/p', { method: 'POST', body: 'old' });
  const [id] = await heldIds(test, 1);
  expect(test.engine.breakpoints.detail(id ?? 0)).toMatchObject({ body: Buffer.from('old').toString('base64') });
  resume(test, { id, action: 'continue', edits: { target: '/edited', body: { text: 'longer than before' } } });
  expect(JSON.parse((await reply).text)).toMatchObject({ path: '/edited', headers: { 'content-length': '18' } });
});

it('a breakpoint holds a response; the client gets what a person made of it', async () => {
  const test = await start([{ name: 'stop', response: [{ breakpoint: true }] }]);
  const reply = send(test.address, '/p');
  const [id] = await heldIds(test, 1);
  const edits = { status: 202, headers: [['x-mine', '1']], body: { text: 'mine' } };
  resume(test, { id, action: 'continue', edits });
  expect(await reply).toMatchObject({ status: 202, text: 'mine', headers: { 'x-mine': '1', 'content-length': '4' } });
});

it('no body is given to a response that has none', async () => {
  const test = await start([{ name: 'stop', response: [{ breakpoint: true }] }]);
  const reply = send(test.address, '/p', { method: 'HEAD' });
  const [id] = await heldIds(test, 1);
  resume(test, { id, action: 'continue', edits: { body: { text: 'none' } } });
  expect(await reply).toMatchObject({ status: 200, text: '' });
});

it.each([204, 304])('a %i that is made a 200 gets the body that is given, by a person or a script', async (status) => {
  const answer: Answer = (_, response) => void response.writeHead(status).end();
  const test = await start([{ name: 'stop', response: [{ breakpoint: true }] }], { answer });
  const reply = send(test.address, '/p');
  const [id] = await heldIds(test, 1);
  resume(test, { id, action: 'continue', edits: { status: 200, body: { text: 'now' } } });
  expect(await reply).toMatchObject({ status: 200, text: 'now', headers: { 'content-length': '3' } });

  const file = join(directory, `made-${status}.js`);
  writeFileSync(file, `function onResponse({ response }) { response.status = 200; response.body = 'now'; }`);
  const scripted = await start([{ name: 'script', response: [{ script: file }] }], { answer });
  expect(await send(scripted.address, '/p')).toMatchObject({ status: 200, text: 'now' });
});

it('a body that is given at a breakpoint to what has none is told to be left out', async () => {
  const answer: Answer = (_, response) => void response.writeHead(204).end();
  const test = await start([{ name: 'stop', response: [{ breakpoint: true }] }], { answer });
  const reply = send(test.address, '/p');
  const [id] = await heldIds(test, 1);
  resume(test, { id, action: 'continue', edits: { body: { text: 'lost' } } });
  expect(await reply).toMatchObject({ status: 204, text: '' });
  expect((await recorded(test.engine)).mark?.note).toContain('was left out');
});

it('an event stream, which may never end, is held with its head alone', async () => {
  const test = await start([{ name: 'stop', response: [{ breakpoint: true }] }], { answer: events });
  const reply = fetch(`http://${test.address}/p`);
  const [id] = await heldIds(test, 1);
  expect(test.engine.breakpoints.detail(id ?? 0)).toMatchObject({ body: '', bodyComplete: false });
  resume(test, {
    id,
    action: 'continue',
    edits: {
      headers: [
        ['content-type', 'text/event-stream'],
        ['x-mine', '1'],
      ],
    },
  });
  expect(await begun(await reply)).toEqual(['1', 'data: 1\n\n']);
});

it.each<[what: string, action: object]>([
  ['a script', { script: join(directory, 'sse.js') }],
  ['a pattern without a longest match', { body: { replace: 'd.*', with: 'x' } }],
])('an event stream, which may never end, is not held for %s', async (_, action) => {
  writeFileSync(
    join(directory, 'sse.js'),
    `function onResponse({ response }) { response.headers.set('x-mine', '1'); }`,
  );
  const test = await start([{ name: 'edit', response: [{ set: { 'x-mine': '1' } }, action] }], { answer: events });
  expect(await begun(await fetch(`http://${test.address}/p`))).toEqual(['1', 'data: 1\n\n']);
});

/** One, and no end. */
const events: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: 1\n\n');
};

async function begun({ headers, body }: Response): Promise<[mine: string | null, text: string]> {
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return [headers.get('x-mine'), Buffer.from(value ?? []).toString()];
}

it('answers and aborts', async () => {
  const test = await start([{ name: 'stop', request: [{ breakpoint: true }] }]);
  const answered = send(test.address, '/1');
  const [first] = await heldIds(test, 1);
  resume(test, { id: first, action: 'respond', edits: { status: 418, body: { text: 'tea' } } });
  expect(await answered).toMatchObject({ status: 418, text: 'tea' });
  const aborted = send(test.address, '/2').catch((error: NodeJS.ErrnoException) => error.code);
  const [second] = await heldIds(test, 1);
  resume(test, { id: second, action: 'abort' });
  expect(await aborted).toBe('ECONNRESET');
  expect((await recorded(test.engine, ({ id }) => id === second)).error?.message).toBe(
    'aborted at a breakpoint (reset)',
  );
});

it('holds 100 at once', async () => {
  const test = await start([{ name: 'stop', request: [{ breakpoint: true }] }]);
  const replies = Array.from({ length: 100 }, (_, i) => send(test.address, `/${i}`));
  for (const id of await heldIds(test, 100)) resume(test, { id, action: 'continue' });
  expect((await Promise.all(replies)).every(({ status }) => status === 200)).toBe(true);
});

it('lets one go when its client goes away', async () => {
  const test = await start([{ name: 'stop', request: [{ breakpoint: true }] }]);
  const client = connect(test.port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  await heldIds(test, 1);
  client.resetAndDestroy();
  await heldIds(test, 0);
});

it.each(['request', 'response'] as const)('breaks on the next one only, on its %s', async (phase) => {
  const test = await start([]);
  test.engine.breakpoints.awaitNext({ match: 'path = /wanted', phase });
  expect((await send(test.address, '/other')).status).toBe(200);
  const held = send(test.address, '/wanted');
  const [id] = await heldIds(test, 1);
  expect(test.engine.breakpoints.state()).toMatchObject({ next: null, held: [{ phase }] });
  expect((await send(test.address, '/wanted')).status).toBe(200);
  resume(test, { id, action: 'continue' });
  expect((await held).status).toBe(200);
});

it('breaks on the next response of which something holds, and only that', async () => {
  const answer: Answer = ({ url }, response) => response.writeHead(Number(url?.slice(1))).end('x');
  const test = await start([], { answer });
  expect(test.engine.breakpoints.awaitNext({ match: 'status = 503', phase: 'response' })).toBeNull();
  expect((await send(test.address, '/200')).status).toBe(200);
  const held = send(test.address, '/503');
  const [id] = await heldIds(test, 1);
  expect(test.engine.breakpoints.state()).toMatchObject({ next: null, held: [{ phase: 'response', status: 503 }] });
  expect((await send(test.address, '/503')).status).toBe(503);
  resume(test, { id, action: 'continue', edits: { status: 418 } });
  expect((await held).status).toBe(418);
});

it.each(['request', 'response'] as const)(
  'the time of a person who decides about a %s is not the exchange’s',
  async (phase) => {
    const clock = new FakeClock();
    const rules = [{ name: 'stop', [phase]: [{ breakpoint: true }] }];
    const test = await start(rules, { clock, pool: { timeouts: { total: '2s' } } });
    const reply = send(test.address, '/p');
    const [id] = await heldIds(test, 1);
    clock.advance(60_000);
    const edits = {
      headers: [
        ['host', 'a'],
        ['x-mine', '1'],
      ],
    };
    resume(test, { id, action: 'continue', edits });
    expect((await reply).status).toBe(200);
  },
);

it('after a person has decided, the time of the exchange goes on', async () => {
  const clock = new FakeClock();
  const rules = [{ name: 'stop', response: [{ breakpoint: true }] }];
  const begun: ServerResponse[] = [];
  const answer: Answer = (_request, response) => {
    response.writeHead(200);
    response.write(Buffer.alloc(11 * 1024 ** 2));
    begun.push(response);
  };
  const test = await start(rules, { clock, answer, pool: { timeouts: { total: '2s', idle: '1h' } } });
  const reply = send(test.address, '/p').catch((error: NodeJS.ErrnoException) => error.code);
  const [id] = await heldIds(test, 1);
  clock.advance(60_000);
  resume(test, { id, action: 'continue' });
  await heldIds(test, 0);
  clock.advance(2100);
  expect(await reply).toBe('ECONNRESET');
  expect((await recorded(test.engine)).error?.code).toBe('TOTAL_TIMEOUT');
});

it('what can no longer be sent is held no longer', async () => {
  const begun = Promise.withResolvers<ServerHttp2Stream>();
  const backend = await startHttp2Backend((stream) => {
    stream.respond({ ':status': 200 });
    stream.write(Buffer.alloc(11 * 1024 ** 2));
    begun.resolve(stream);
  });
  const rules = [{ name: 'stop', response: [{ breakpoint: true }] }];
  const engine = kept(await startEngine([backend.port], { pool: { protocol: 'http2' }, rules: rules as never }));
  const reply = send(`127.0.0.1:${engine.port}`).catch((error: NodeJS.ErrnoException) => error.code);
  await heldIds(engine, 1);
  (await begun.promise).close(constants.NGHTTP2_INTERNAL_ERROR);
  expect(await reply).toBe('ECONNRESET');
  await heldIds(engine, 0);
});

it('lets go of everything when the engine closes', async () => {
  const test = await start([{ name: 'stop', request: [{ breakpoint: true }] }]);
  const reply = send(test.address, '/p');
  await heldIds(test, 1);
  await test.engine.close(5000);
  expect((await reply).status).toBe(200);
});

it('tells step by step what rules, scripts and people made of the heads', async () => {
  const file = join(directory, 'steps.js');
  writeFileSync(file, `function onRequest({ request }) { request.headers.set('x-script', '1'); }`);
  const test = await start([
    {
      name: 'all',
      request: [
        { set: { 'x-id': '$uuid' } },
        { body: { replace: 'a', with: 'bb' } },
        { script: file },
        { breakpoint: true },
      ],
      response: [{ status: 202 }],
    },
  ]);
  const reply = send(test.address, '/p', { method: 'POST', body: 'aa' });
  const [id] = await heldIds(test, 1);
  resume(test, { id, action: 'continue', edits: { target: '/edited' } });
  expect((await reply).status).toBe(202);
  const { steps, received, response } = await recorded(test.engine);
  expect(steps.map(({ rule, action }) => [rule, action])).toEqual([
    ['all', 'set x-id'],
    ['all', 'replace in body'],
    ['all', `script ${file}`],
    ['all', 'breakpoint'],
    [undefined, 'frame'],
    ['all', 'ran steps.js'],
    [undefined, 'hold'],
    [undefined, 'forward'],
    ['all', 'status 202'],
  ]);
  const seen = (action: string) => steps.find((step) => step.action === action);
  expect(seen('frame')?.after?.headers).toContainEqual(['Content-Length', '4']);
  expect(seen('ran steps.js')?.before).toEqual(seen('frame')?.after);
  expect(seen('ran steps.js')?.after?.headers).toContainEqual(['x-script', '1']);
  expect([seen('hold')?.before?.line, seen('hold')?.after?.line]).toEqual(['POST /p', 'POST /edited']);
  expect([received?.status, response?.status]).toEqual([200, 202]);
  expect([seen('status 202')?.before?.line, seen('status 202')?.after?.line]).toEqual(['200 OK', '202 Accepted']);
});

it('a response of our own is told before rules act on it', async () => {
  const test = await start([
    { name: 'own', request: [{ respond: { status: 404 } }], response: [{ set: { 'x-a': '1' } }] },
  ]);
  expect((await send(test.address, '/p')).headers['x-a']).toBe('1');
  const { steps } = await recorded(test.engine);
  expect(steps.map(({ phase, action, before, after }) => [phase, action, before?.line, after?.line])).toEqual([
    ['request', 'respond 404', undefined, undefined],
    ['response', 'prepare', '', '404 Not Found'],
    ['response', 'set x-a', '404 Not Found', '404 Not Found'],
  ]);
});
