/** What a backend is told as Host and request id, after rules, scripts and people have had their say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../proxy-engine/contract/api.ts';
import { closesQuotes } from '../../proxy-engine/upstream/forward-headers.ts';
import { type Backend, send, startBackend } from '../support/backend.ts';
import { recorded, startEngine, type TestEngine } from '../support/engine.ts';
import { ask, connectHttp2, startHttp2Backend } from '../support/http2.ts';
import { kept } from '../support/kept.ts';
import { sendRaw, startRawBackend } from '../support/raw.ts';

const directory = mkdtempSync(join(tmpdir(), 'switchyard-host-'));
const script = join(directory, 'host.js');
writeFileSync(script, "function onRequest({ request }) { request.headers.set('host', 'by-script.test'); }");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function start(request: object[], pool: object = {}): Promise<TestEngine & { backend: Backend; to: string }> {
  const backend = kept(await startBackend('a'));
  const rules = request.length === 0 ? [] : [{ name: 'edit', request }];
  const engine = kept(await startEngine([backend.port], { pool, rules: rules as never }));
  return { ...engine, backend, to: `127.0.0.1:${engine.port}` };
}

async function seenBy({ to }: { to: string }, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const { text } = await send(to, '/', { headers: { host: 'client.test:81', ...headers } });
  return JSON.parse(text).headers;
}

describe.each([true, false])('Host with preserveHost: %s', (preserveHost) => {
  it.each<[edit: object[], host: string]>([
    [[{ set: { host: 'other.test' } }], 'other.test'],
    [[{ set: { Host: '$header[x-tenant].test:99' } }], 't1.test:99'],
    [[{ set: { host: 'first.test' } }, { host: 'second.test' }], 'second.test'],
    [[{ host: 'first.test' }, { set: { host: 'second.test' } }], 'second.test'],
    [[{ set: { host: '$header[host]' } }], 'client.test:81'],
    [[{ replaceHeader: { name: 'host', replace: '^client', with: 'server' } }], 'server.test:81'],
    [[{ script }], 'by-script.test'],
  ])('%j', async (edit, host) => {
    expect((await seenBy(await start(edit, { preserveHost }), { 'x-tenant': 't1' })).host).toBe(host);
  });

  it.each<object[]>([[], [{ set: { host: 'not $header[none] a host' } }], [{ set: { 'x-a': '1' } }]])(
    'stays what the pool says: %j',
    async (...edit) => {
      const test = await start(edit, { preserveHost });
      const { host } = await seenBy(test);
      expect(host).toBe(preserveHost ? 'client.test:81' : `127.0.0.1:${test.backend.port}`);
    },
  );

  it.each<[lines: [string, string][], host: string | null]>([
    [[['Host', 'by-hand.test']], 'by-hand.test'],
    [
      [
        ['Host', 'client.test:81'],
        ['Host', 'by-hand.test'],
      ],
      'by-hand.test',
    ],
    [[['X-A', '1']], null],
  ])('edited at a breakpoint to %j', async (headers, host) => {
    const test = await start([{ breakpoint: true }], { preserveHost });
    const reply = seenBy(test);
    await expect.poll(() => test.engine.breakpoints.state().held.length).toBe(1);
    const id = test.engine.breakpoints.state().held[0]?.id;
    const edits = { headers };
    test.engine.breakpoints.decide(commands['breakpoint.resume'].parse({ id, action: 'continue', edits }));
    const byPool = preserveHost ? 'client.test:81' : `127.0.0.1:${test.backend.port}`;
    expect((await reply).host).toBe(host ?? byPool);
    const { sent } = await recorded(test.engine);
    expect(sent?.headers.filter(([name]) => name.toLowerCase() === 'host')).toEqual([['Host', host ?? byPool]]);
  });
});

it('a written Host is the :authority of a backend that speaks HTTP/2', async () => {
  const backend = await startHttp2Backend((stream, headers) => {
    stream.respond({ ':status': 200 });
    stream.end(headers[':authority']);
  });
  const rules = [{ name: 'edit', request: [{ set: { host: 'other.test' } }] }];
  const engine = kept(await startEngine([backend.port], { pool: { protocol: 'http2' }, rules }));
  expect((await send(`127.0.0.1:${engine.port}`, '/')).text).toBe('other.test');
});

describe('the request id', () => {
  const own = /^[0-9a-f]{32}$/;
  it.each<[edit: object[], id: RegExp]>([
    [[], /^mine$/],
    [[{ delete: ['x-request-id'] }], own],
    [[{ delete: ['x-request-*'] }], own],
    [[{ set: { 'x-request-id': '$uuid' } }], /^[0-9a-f-]{36}$/],
  ])('%j', async (edit, id) => {
    const seen = await seenBy(await start([...edit, { set: { 'x-same': '$request_id' } }]), { 'x-request-id': 'mine' });
    expect(seen['x-request-id']).toMatch(id);
    expect(seen['x-same']).toBe(seen['x-request-id']);
  });
});

it.each([true, false])(
  'the test bench tells the head that the backend gets, preserveHost: %s',
  async (preserveHost) => {
    const test = await start([{ set: { 'x-a': '1' } }, { delete: ['x-forwarded-for', 'via'] }], { preserveHost });
    await seenBy(test, { 'x-forwarded-for': '9.9.9.9', 'x-request-id': 'mine' });
    const { request, sent } = await recorded(test.engine);
    const { steps } = test.engine.testRule(
      commands['rule.test'].parse({ request: { url: `http://${test.to}/`, headers: request.headers } }),
    );
    expect(steps.at(-1)?.action).toBe('forward');
    expect(steps.at(-1)?.after?.headers).toEqual(sent?.headers);
  },
);

describe('Forwarded', () => {
  it.each([
    ['for="[::1]";by=a', true],
    ['for="a\\"b"', true],
    ['for="a\\"', false],
    ['for="a"b"', false],
    // Once through it, however many are not closed.
    [`"${'\\"'.repeat(2 ** 18)}`, false],
  ])('%.40s closes its quotes: %s', (value, closes) => expect(closesQuotes(value)).toBe(closes));

  const LIE = 'for=203.0.113.7;proto=https;host=bank.test';
  const OURS = 'for=127.0.0.1;proto=http;host="a.test"';

  /** The lines of that name which the backend gets of one request. */
  async function linesOf(
    forwarded: readonly string[],
    { ask: askBy = overHttp1(''), ...more }: Parameters<typeof startEngine>[1] & { ask?: Asking } = {},
  ): Promise<string[]> {
    const backend = kept(
      await startRawBackend((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
    );
    const engine = kept(await startEngine([backend.port], more));
    await askBy(engine.port, forwarded, backend.port);
    expect(backend.received).toHaveLength(1);
    return [...(backend.received[0] ?? '').matchAll(/\r\nForwarded: ([^\r]*)/gi)].map(([, value]) => value ?? '');
  }

  type Asking = (port: number, forwarded: readonly string[], origin: number) => Promise<unknown>;

  function overHttp1(more: string, url: (origin: number) => string = () => '/'): Asking {
    return async (port, forwarded, origin) => {
      const lines = forwarded.map((value) => `Forwarded: ${value}\r\n`).join('');
      const head = `GET ${url(origin)} HTTP/1.1\r\nHost: a.test\r\n${lines}${more}\r\n`;
      expect((await sendRaw(port, head, (all) => all.includes('\r\n\r\n'))).text).toMatch(/^HTTP\/1\.1 200 /);
    };
  }

  const overHttp2: Asking = async (port, forwarded) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    expect(
      await ask(session, { ':authority': 'a.test', ...(forwarded[0] && { forwarded: forwarded[0] }) }),
    ).toMatchObject({ status: 200 });
  };

  const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n';
  const forward = { listener: { mode: 'forward' } };

  it.each<[what: string, more: Parameters<typeof linesOf>[1]]>([
    ['HTTP/1.1', {}],
    ['HTTP/2', { ask: overHttp2 }],
    ['WebSocket', { ask: overHttp1(UPGRADE) }],
    ['a forward listener', { ...forward, ask: overHttp1('', () => 'http://a.test/') }],
  ])('of a client goes on with ours behind it, none is begun: %s', async (_what, more) => {
    expect(await linesOf([LIE], more)).toEqual([LIE, OURS]);
    expect(await linesOf([], more)).toEqual([]);
  });

  it('goes to the original destination as it came', async () => {
    const ask = overHttp1('', (origin) => `http://127.0.0.1:${origin}/`);
    expect(await linesOf([LIE], { ...forward, routes: [], ask })).toEqual([LIE]);
  });

  it.each<[what: string, forwarded: object, came: string[], goes: string[]]>([
    ['asked for', { rfc7239: true }, [], [OURS]],
    ['asked for', { rfc7239: true }, [LIE], [LIE, OURS]],
    ['not to be told', { xForwarded: false }, [LIE], [LIE]],
    ['asked for alone', { xForwarded: false, rfc7239: true }, [LIE], [LIE, OURS]],
    ['in two lines', {}, ['for=a', 'for=b'], ['for=a', 'for=b', OURS]],
    ['with quotes', {}, ['for="[::1]:1";x="\\", y"'], ['for="[::1]:1";x="\\", y"', OURS]],
    ['with a quote over two lines', {}, ['for="a', 'b"'], ['for="a', 'b"', OURS]],
    ['with a quote that would swallow ours', {}, ['for=a;x="'], [OURS]],
    ['with a quote that would swallow ours', {}, ['for="a\\"'], [OURS]],
  ])('%s: %j, %j → %j', async (_what, config, came, goes) => {
    expect(await linesOf(came, { pool: { forwarded: config } })).toEqual(goes);
  });

  it('of a trusted proxy is believed, and that proxy is named', async () => {
    const listener = { trustedProxies: ['127.0.0.1'] };
    expect(await linesOf(['for=203.0.113.7;proto=https'], { listener })).toEqual([
      'for=203.0.113.7;proto=https',
      'for=127.0.0.1;proto=https;host="a.test"',
    ]);
  });

  it('that rules write or delete is what counts', async () => {
    const rule = (action: object) => ({ rules: [{ name: 'edit', request: [action] }] as never });
    expect(await linesOf([LIE], rule({ delete: ['forwarded'] }))).toEqual([]);
    expect(await linesOf([], rule({ set: { Forwarded: 'for=_me' } }))).toEqual(['for=_me', OURS]);
  });
});
