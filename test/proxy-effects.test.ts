/** What rules and routes ask of the proxy beyond heads: bodies, files, other origins, rates, copies, time. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { send, startBackend } from './support/backend.ts';
import { recorded, startEngine, type TestEngine } from './support/engine.ts';
import { freePort } from './support/free-port.ts';
import { kept } from './support/kept.ts';
import { sendRaw, startRawBackend } from './support/raw.ts';

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Answers with what it got. */
function startEcho() {
  return startBackend('echo', (incoming, response) => {
    void textOf(incoming).then((body) =>
      response.end(JSON.stringify({ url: incoming.url, headers: incoming.headers, body })),
    );
  });
}

interface Echo {
  url: string;
  headers: Record<string, string>;
  body: string;
}

async function through(rules: object[], request: Parameters<typeof send>[2] = {}, path = '/p?q=1'): Promise<Echo> {
  const backend = kept(await startEcho());
  const { port } = kept(await startEngine([backend.port], { rules: rules as never }));
  const { text } = await send(`127.0.0.1:${port}`, path, request);
  return JSON.parse(text) as Echo;
}

async function rowsOf({ engine }: TestEngine) {
  return (await engine.store.query({ from: 0, limit: 100, order: 'asc' })).rows;
}

describe('bodies of requests', () => {
  it.each<[name: string, action: object, sent: string, got: string]>([
    ['set', { set: 'new' }, 'old', 'new'],
    ['set where there was none', { set: 'new' }, '', 'new'],
    ['replace', { replace: 'o(.)d', with: '$1$1' }, 'an old body', 'an ll body'],
    ['jsonPatch', { jsonPatch: [{ op: 'replace', path: '/a', value: 2 }] }, '{"a":1,"b":0}', '{"a":2,"b":0}'],
    ['a patch that does not apply', { jsonPatch: [{ op: 'remove', path: '/c' }] }, '{"a":1}', '{"a":1}'],
  ])('%s', async (_name, body, sent, got) => {
    const echo = await through([{ name: 'edit', request: [{ body }] }], { method: 'POST', body: sent });
    expect([echo.body, echo.headers['content-length']]).toEqual([got, String(got.length)]);
  });

  it('edits a chunked one into one with a length', async () => {
    const echo = await through([{ name: 'edit', request: [{ body: { replace: 'b+', with: 'c' } }] }], {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
      body: 'abbba',
    });
    expect([echo.body, echo.headers['content-length'], echo.headers['transfer-encoding']]).toEqual([
      'aca',
      '3',
      undefined,
    ]);
  });

  it('asks a client that waits for 100 (Continue) for its body, once', async () => {
    const backend = kept(await startEcho());
    const rules = [{ name: 'edit', request: [{ body: { replace: 'x', with: 'y' } }] }];
    const { port } = kept(await startEngine([backend.port], { rules: rules as never }));
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n';
    const { text } = await sendRaw(port, `${head}axa`, () => false);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
    expect(text).toContain('"body":"aya"');
  });

  it('leaves one of more than 10 MiB alone and marks the exchange', async () => {
    const backend = kept(
      await startBackend('count', (incoming, response) => {
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        incoming.on('end', () => response.end(String(bytes)));
      }),
    );
    const rules = [{ name: 'edit', request: [{ body: { replace: 'x', with: 'y' } }] }];
    const engine = kept(await startEngine([backend.port], { rules: rules as never }));
    const { text } = await send(`127.0.0.1:${engine.port}`, '/', { method: 'POST', body: 'x'.repeat(11 * 1024 ** 2) });
    expect(text).toBe(String(11 * 1024 ** 2));
    expect((await rowsOf(engine))[0]?.mark?.note).toMatch(/^body left alone: longer than 10485760 bytes$/);
  });
});

describe('bodies of responses', () => {
  async function answerThrough(action: object, headers: Record<string, string>, body: Buffer, method = 'GET') {
    const backend = kept(
      await startBackend('b', (_incoming, response) => {
        response.writeHead(200, headers);
        response.end(body);
      }),
    );
    const rules = [{ name: 'edit', response: [{ body: action }] }];
    const engine = kept(await startEngine([backend.port], { rules: rules as never }));
    return { reply: await send(`127.0.0.1:${engine.port}`, '/', { method }), engine };
  }

  it('decodes, edits and says the new length', async () => {
    const body = gzipSync('hello world');
    const { reply } = await answerThrough({ replace: 'world', with: 'there' }, { 'content-encoding': 'gzip' }, body);
    expect([reply.text, reply.headers['content-encoding'], reply.headers['content-length']]).toEqual([
      'hello there',
      undefined,
      '11',
    ]);
  });

  it('leaves what it cannot decode alone, and says so', async () => {
    const { reply, engine } = await answerThrough(
      { replace: 'a', with: 'b' },
      { 'content-encoding': 'gzip' },
      Buffer.from('a'),
    );
    expect([reply.text, reply.headers['content-encoding']]).toEqual(['a', 'gzip']);
    expect((await rowsOf(engine))[0]?.mark?.note).toMatch(/^body left alone: not valid gzip/);
  });

  it.each([
    [{ set: 'other' }, '5', undefined],
    // What becomes of a body that is not there is not known.
    [{ replace: 'a+', with: 'b' }, undefined, undefined],
  ])('HEAD is answered with the headers of GET after %j', async (action, length, coding) => {
    const headers = { 'content-length': '7', 'content-encoding': 'gzip' };
    const { reply } = await answerThrough(action, headers, Buffer.alloc(0), 'HEAD');
    const told = [reply.headers['content-length'], reply.headers['content-encoding']];
    expect([reply.text, ...told]).toEqual(['', length, coding]);
  });

  it('a 205 has no body, whatever the backend sent', async () => {
    const backend = kept(await startBackend('b'));
    const rules = [{ name: 's', response: [{ status: 205 }] }];
    const { port } = kept(await startEngine([backend.port], { rules: rules as never }));
    for (const version of ['1.1', '1.0']) {
      const { text } = await sendRaw(
        port,
        `GET / HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`,
        () => false,
      );
      const [head = '', body] = text.split('\r\n\r\n', 2);
      expect(head).toMatch(/^HTTP\/1\.1 205 /);
      expect(head.match(/content-length|transfer-encoding/gi)).toHaveLength(1);
      expect(head).toMatch(/content-length: 0/i);
      expect(body).toBe('');
    }
  });

  it('passes more than 10 MiB on whole', async () => {
    const { reply } = await answerThrough({ replace: 'x+', with: 'y' }, {}, Buffer.alloc(11 * 1024 ** 2, 'x'));
    expect(reply.text.replaceAll('x', '')).toBe('');
    expect(reply.text).toHaveLength(11 * 1024 ** 2);
  });
});

describe('map local', () => {
  async function withFiles(missing: 'pass' | 404) {
    const dir = await mkdtemp(join(tmpdir(), 'map-local-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    await writeFile(join(dir, 'a.css'), 'body {}');
    await writeFile(join(dir, 'big.txt'), 'z'.repeat(3_000_000));
    await mkdir(join(dir, 'sub'));
    await writeFile(join(dir, 'sub', 'index.html'), 'page');
    const backend = kept(await startBackend('b'));
    const rules = [
      { name: 'local', match: 'path ^= "/assets"', request: [{ mapLocal: { dir, strip: '/assets', missing } }] },
    ];
    const { port } = kept(await startEngine([backend.port], { rules: rules as never }));
    return { address: `127.0.0.1:${port}`, backend };
  }

  it.each<[path: string, method: string, status: number, text: RegExp]>([
    ['/assets/a.css', 'GET', 200, /^body \{\}$/],
    ['/assets/a.css', 'HEAD', 200, /^$/],
    ['/assets/big.txt', 'GET', 200, /^z{3000000}$/],
    ['/assets/none.css', 'GET', 200, /"backend":"b"/],
    ['/assets/a.css/', 'GET', 200, /"backend":"b"/],
    ['/assets/..%2f..%2fetc/passwd', 'GET', 404, /leaves the directory/],
    ['/assets/a.css', 'POST', 200, /"backend":"b"/],
    ['/other', 'GET', 200, /"backend":"b"/],
  ])('%s %s', async (path, method, status, text) => {
    const { address } = await withFiles('pass');
    const reply = await send(address, path, { method });
    expect(reply.status).toBe(status);
    expect(reply.text).toMatch(text);
  });

  it('leads to the slash behind a directory', async () => {
    const { address, backend } = await withFiles('pass');
    const reply = await send(address, '/assets/sub?a=/b');
    expect([reply.status, reply.headers.location, backend.requests]).toEqual([301, './sub/?a=/b', 0]);
    expect((await send(address, '/assets/sub/?a=/b')).text).toBe('page');
  });

  it.each(['GET', 'POST', 'PUT'])('answers 404 itself when told to: %s', async (method) => {
    const { address, backend } = await withFiles(404);
    const reply = await send(address, method === 'GET' ? '/assets/none.css' : '/assets/a.css', { method });
    expect([reply.status, reply.headers['x-switchyard-error'], backend.requests]).toEqual([404, 'NO_LOCAL_FILE', 0]);
  });
});

describe('other origins', () => {
  it('maps to a remote one, with its own Host', async () => {
    const remote = kept(await startEcho());
    const echo = await through([{ name: 'm', request: [{ mapRemote: { url: `${remote.url}/v2/` } }] }]);
    expect([echo.url, echo.headers.host, remote.requests]).toEqual(['/v2/p?q=1', `127.0.0.1:${remote.port}`, 1]);
  });

  it('goes where the request asks when the route says so', async () => {
    const origin = kept(await startEcho());
    const { port } = kept(await startEngine([origin.port], { routes: [{ name: 'all', original: true }] }));
    const reply = await send(`127.0.0.1:${port}`, '/x', { headers: { host: `localhost:${origin.port}` } });
    expect((JSON.parse(reply.text) as Echo).headers.host).toBe(`localhost:${origin.port}`);
  });

  it('answers 508 when that is the proxy itself', async () => {
    const origin = kept(await startEcho());
    const { port } = kept(await startEngine([origin.port], { routes: [{ name: 'all', original: true }] }));
    const reply = await send(`127.0.0.1:${port}`, '/x');
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([508, 'LOOP']);
  });

  it('sends it elsewhere when a rule changes the host', async () => {
    const other = kept(await startEcho());
    const rules = [{ name: 'h', request: [{ host: `127.0.0.1:${other.port}` }] }];
    const { port } = kept(await startEngine([1], { routes: [{ name: 'all', original: true }], rules: rules as never }));
    const reply = await send(`127.0.0.1:${port}`, '/x', { headers: { host: 'nowhere.test' } });
    expect([reply.status, other.requests]).toEqual([200, 1]);
  });
});

describe('rates and waits', () => {
  it.each([
    ['a request', { request: [{ throttle: { down: '80Mbps', up: '80Mbps', latency: '1ms' } }] }],
    ['a response', { response: [{ throttle: { down: '80Mbps' } }, { delay: '1ms' }] }],
  ])('of %s lose nothing', async (_name, actions) => {
    const backend = kept(await startEcho());
    const { port } = kept(await startEngine([backend.port], { rules: [{ name: 't', ...actions }] as never }));
    const body = 'throttled '.repeat(20_000);
    const { text } = await send(`127.0.0.1:${port}`, '/', { method: 'POST', body });
    expect((JSON.parse(text) as Echo).body).toBe(body);
  });

  it('gives up after the total time of the pool', async () => {
    const backend = kept(await startRawBackend(() => {}));
    const engine = kept(await startEngine([backend.port], { pool: { timeouts: { total: '50ms' } } }));
    const reply = await send(`127.0.0.1:${engine.port}`);
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([504, 'TOTAL_TIMEOUT']);
  });

  it.each(['reset', 'close'])('ends a response with %s when a rule says so', async (abort) => {
    const backend = kept(await startBackend('b'));
    const { port } = kept(
      await startEngine([backend.port], { rules: [{ name: 'a', response: [{ abort }] }] as never }),
    );
    await expect(send(`127.0.0.1:${port}`)).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});

describe('mirrors', () => {
  it('sends a copy with its body; the client hears the original only', async () => {
    const original = kept(await startEcho());
    const got = Promise.withResolvers<string>();
    const shadow = kept(
      await startBackend('shadow', (incoming, response) => {
        void textOf(incoming).then((body) => {
          response.end('shadow');
          got.resolve(body);
        });
      }),
    );
    const engine = kept(
      await startEngine([original.port], {
        routes: [{ name: 'all', pool: 'p', mirror: { pool: 'shadow' } }],
        pools: { shadow: { backends: [{ url: shadow.url }] } },
        rules: [{ name: 'answered', match: 'status = 200', response: [{ delay: '1ms' }] }] as never,
      }),
    );
    const { text } = await send(`127.0.0.1:${engine.port}`, '/', { method: 'POST', body: 'twice' });
    expect((JSON.parse(text) as Echo).body).toBe('twice');
    expect(await got.promise).toBe('twice');
    await expect
      .poll(async () => (await rowsOf(engine)).map(({ pool, mark, rules }) => [pool, mark?.note, rules]).sort())
      .toEqual([
        ['p', undefined, ['answered']],
        ['shadow', 'mirror of 1', []],
      ]);
  });

  it('gives a copy up whose original ends before its body is whole, and does not blame its backend', async () => {
    const shadow = kept(
      await startBackend('shadow', (incoming, response) => {
        incoming.resume();
        incoming.on('end', () => response.end('shadow'));
      }),
    );
    const engine = kept(
      await startEngine([await freePort()], {
        routes: [{ name: 'all', pool: 'p', mirror: { pool: 'shadow' } }],
        pools: { shadow: { backends: [{ url: shadow.url }] } },
      }),
    );
    const { status } = await send(`127.0.0.1:${engine.port}`, '/', { method: 'POST', body: 'm'.repeat(8 * 1024 ** 2) });
    expect(status).toBe(502);
    await expect
      .poll(async () => (await rowsOf(engine)).map(({ pool, error }) => [pool, error?.code]).sort())
      .toEqual([
        ['p', 'CONNECT_REFUSED'],
        ['shadow', 'MIRROR_GIVEN_UP'],
      ]);
    const pool = engine.engine.state().pools.find(({ name }) => name === 'shadow');
    expect(pool?.backends[0]).toMatchObject({ failures: 0, inFlight: 0 });
  });

  it('never waits for a mirror that takes nothing', async () => {
    const original = kept(
      await startBackend('b', (incoming, response) => {
        incoming.resume();
        incoming.on('end', () => response.end('done'));
      }),
    );
    const stuck = kept(await startRawBackend((socket) => socket.pause()));
    const { port, engine } = kept(
      await startEngine([original.port], {
        routes: [{ name: 'all', pool: 'p', mirror: { pool: 'stuck' } }],
        pools: { stuck: { backends: [{ url: `http://127.0.0.1:${stuck.port}` }] } },
      }),
    );
    const { text } = await send(`127.0.0.1:${port}`, '/', { method: 'POST', body: 'm'.repeat(20 * 1024 ** 2) });
    expect(text).toBe('done');
    expect((await recorded(engine, ({ pool }) => pool === 'stuck')).error).toMatchObject({
      code: 'MIRROR_GIVEN_UP',
      source: 'proxy',
      message: 'the mirror was given up: its backend takes the body too slowly',
    });
    expect(engine.state().pools.find(({ name }) => name === 'stuck')?.backends[0]).toMatchObject({ failures: 0 });
  });
});

test('a sticky pool names the backend once, and keeps to it', async () => {
  const [a, b] = [kept(await startBackend('a')), kept(await startBackend('b'))];
  const { port } = kept(await startEngine([a.port, b.port], { pool: { sticky: { cookie: 'lane' } } }));
  const first = await send(`127.0.0.1:${port}`);
  const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  expect(cookie).toMatch(/^lane=/);
  // A client should send one line (RFC 6265 §5.4); of one that does not, all are looked at.
  const lines = `GET / HTTP/1.1\r\nHost: a\r\nCookie: other=1\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
  for (let i = 0; i < 3; i++)
    expect((await sendRaw(port, lines, (text) => text.includes('backend'))).text).toContain('"backend":"a"');
  for (let i = 0; i < 5; i++) {
    const next = await send(`127.0.0.1:${port}`, '/', { headers: { cookie } });
    expect([next.headers['set-cookie'], (JSON.parse(next.text) as { backend: string }).backend]).toEqual([
      undefined,
      'a',
    ]);
  }
});

describe('Max-Forwards', () => {
  it.each<[method: string, hops: string, status: number, forwarded: string | null]>([
    ['TRACE', '0', 200, null],
    ['OPTIONS', '0', 204, null],
    ['OPTIONS', '3', 200, '2'],
    ['TRACE', '1', 200, '0'],
    ['GET', '0', 200, '0'],
    ['OPTIONS', 'many', 200, 'many'],
  ])('%s with %s', async (method, hops, status, forwarded) => {
    const backend = kept(await startEcho());
    const { port } = kept(await startEngine([backend.port]));
    const headers = { 'max-forwards': hops, cookie: 'secret=1' };
    const reply = await send(`127.0.0.1:${port}`, '/', { method, headers });
    expect(reply.status).toBe(status);
    if (forwarded === null) expect([backend.requests, reply.text.includes('secret')]).toEqual([0, false]);
    else expect((JSON.parse(reply.text) as Echo).headers['max-forwards']).toBe(forwarded);
  });
});

test.each([
  ['Alt-Svc, which would lead clients around the proxy', 'alt-svc', 'h3=":443"'],
  ['x-switchyard-error, which says that the proxy failed', 'x-switchyard-error', 'CONNECT_REFUSED'],
])('%s, is shown and not forwarded', async (_, name, value) => {
  const backend = kept(
    await startBackend('b', (_incoming, response) => {
      response.setHeader(name, value);
      response.end('ok');
    }),
  );
  const engine = kept(await startEngine([backend.port]));
  const reply = await send(`127.0.0.1:${engine.port}`);
  expect(reply.headers[name]).toBeUndefined();
  const exchange = await engine.engine.store.get(1);
  expect(exchange?.received?.headers).toContainEqual([name, value]);
});
