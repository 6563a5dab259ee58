/** Bodies whose text is replaced while they pass: through a running engine, over real sockets. */
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, send, startBackend } from '../support/backend.ts';
import { recorded, startEngine, type TestEngine } from '../support/engine.ts';
import { kept } from '../support/kept.ts';
import { startRawBackend } from '../support/raw.ts';

const MIB = 1024 ** 2;
const edit = { body: { replace: 'needle', with: 'THREAD' } };

async function start(answer: Answer, rule: object, more: Parameters<typeof startEngine>[1] = {}): Promise<TestEngine> {
  const backend = kept(await startBackend('b', answer));
  return kept(await startEngine([backend.port], { ...more, rules: [{ name: 'edit', ...rule }] as never }));
}

/** The response as it comes: its head, then pieces. */
function open(port: number, path = '/'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', path, agent: false }, resolve);
    outgoing.once('error', reject);
    outgoing.end();
  });
}

/** Resolves when `text` has come. */
async function until(message: IncomingMessage, text: string): Promise<string> {
  let got = '';
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    got += String(chunk);
    if (got.includes(text)) break;
  }
  return got;
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

describe('responses', () => {
  it.each(['text/event-stream', 'text/event-stream;charset=ISO-8859-1'])(
    'an event of %s goes out edited before the next one is there',
    async (type) => {
      let events!: ServerResponse;
      const answer: Answer = (_, response) => {
        events = response;
        response.writeHead(200, { 'content-type': type });
        response.write('data: a need');
      };
      const { port } = await start(answer, { response: [edit] });
      const message = await open(port);
      expect(message.headers['transfer-encoding']).toBe('chunked');
      events.write('le\n\n');
      expect(await until(message, 'THREAD\n\n')).toBe('data: a THREAD\n\n');
      events.end('data: needle\n\n');
      expect(await until(message, 'data: THREAD\n\n')).not.toContain('needle');
    },
  );

  it('the head of a text goes out before there is a body', async () => {
    const answer: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    };
    const { port } = await start(answer, { response: [edit] });
    const message = await open(port);
    expect(message.statusCode).toBe(200);
    message.destroy();
  });

  const text = 'a needle in the hay. '.repeat(20_000);
  it.each<[string, (body: string) => Buffer]>([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', (body) => Buffer.from(body)],
  ])('%s in pieces of 7 bytes and of all sizes', async (coding, encode) => {
    const body = encode(text);
    const answer: Answer = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': coding });
      for (let at = 0, size = 7; at < body.length; at += size, size = size * 2 - 1) {
        response.write(body.subarray(at, at + size));
        await new Promise(setImmediate);
      }
      response.end();
    };
    const { port } = await start(answer, { response: [edit] });
    const reply = await send(`127.0.0.1:${port}`);
    expect([reply.headers['content-encoding'], reply.headers['content-length']]).toEqual([undefined, undefined]);
    expect(digest(reply.text)).toBe(digest(text.replaceAll('needle', 'THREAD')));
  });

  it('what is compressed streams as well', async () => {
    let gzip!: ReturnType<typeof createGzip>;
    const answer: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      gzip = createGzip();
      gzip.pipe(response);
      gzip.write('one needle, and more');
      gzip.flush();
    };
    const { port } = await start(answer, { response: [edit] });
    const message = await open(port);
    await until(message, 'one THREAD');
    gzip.end(' to come');
    expect(await until(message, 'to come')).toContain('to come');
  });

  it('several, one on what the other made, with characters of more bytes', async () => {
    const body = 'ä needle €😀'.repeat(9000);
    const actions = [edit, { body: { replace: '([A-Z]{6} €)', with: '($1)' } }];
    const { port } = await start((_, response) => void response.end(body), { response: actions });
    const reply = await send(`127.0.0.1:${port}`);
    expect(digest(reply.text)).toBe(digest('ä (THREAD €)😀'.repeat(9000)));
  });

  it('trailers stay, but not the digest of the old body', async () => {
    const answer: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', trailer: 'x-sum, content-digest' });
      response.write('needle');
      response.addTrailers({ 'x-sum': '7', 'content-digest': 'sha-256=:x:' });
      response.end('.');
    };
    const { port, engine } = await start(answer, { response: [edit] });
    const message = await open(port);
    for await (const _ of message);
    expect(message.trailers).toEqual({ 'x-sum': '7' });
    expect((await recorded(engine)).response?.trailers).toEqual([['x-sum', '7']]);
  });

  it('is paced, and ends', async () => {
    const body = 'needle '.repeat(20_000);
    const { port } = await start((_, response) => void response.end(body), {
      response: [edit, { throttle: { down: '80Mbps' } }],
    });
    expect((await send(`127.0.0.1:${port}`)).text).toBe(body.replaceAll('needle', 'THREAD'));
  });

  it('to a client of HTTP/2', async () => {
    const body = 'needle '.repeat(20_000);
    const { port } = await start((_, response) => void response.end(body), { response: [edit] });
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    onTestFinished(() => new Promise<void>((resolve) => session.close(resolve)));
    const stream = session.request({ ':path': '/' });
    let got = '';
    for await (const chunk of stream) got += String(chunk);
    expect(digest(got)).toBe(digest(body.replaceAll('needle', 'THREAD')));
  });

  it('a short one that says its length keeps saying it', async () => {
    const { port } = await start((_, response) => void response.end('a needle'), { response: [edit] });
    const { text: got, headers } = await send(`127.0.0.1:${port}`);
    expect([got, headers['content-length']]).toEqual(['a THREAD', '8']);
  });
});

describe('a client that reads nothing', () => {
  it.each<[string, (body: Buffer) => Buffer, Record<string, string>]>([
    ['of a plain body', (body) => body, {}],
    ['of one that grows a thousandfold', (body) => gzipSync(body), { 'content-encoding': 'gzip' }],
  ])('stops the backend: %s', async (_name, encode, headers) => {
    const block = encode(Buffer.alloc(8 * MIB, 'needle '));
    let taken = 0;
    const backend = kept(
      await startRawBackend((socket) => {
        const head = Object.entries({ 'content-type': 'text/event-stream', ...headers });
        socket.write(`HTTP/1.1 200 OK\r\n${head.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
        const more = () => {
          while (socket.write(block.subarray(0, 64 * 1024))) taken++;
          taken++;
          socket.once('drain', more);
        };
        more();
      }),
    );
    const engine = kept(await startEngine([backend.port], { rules: [{ name: 'edit', response: [edit] }] as never }));
    const socket = connect(engine.port, '127.0.0.1', () => void socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
    onTestFinished(() => void socket.destroy());
    socket.pause();
    let before = 0;
    const moved = () => {
      const more = taken - before;
      before = taken;
      return taken === 0 ? -1 : more;
    };
    await expect.poll(moved, { interval: 300 }).toBe(0);
  });
});

describe('requests', () => {
  const echo: Answer = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers, trailers } = request;
      response.end(JSON.stringify({ headers, trailers, digest: digest(Buffer.concat(chunks)) }));
    });
  };

  it('a long one goes on edited, in chunks', async () => {
    const body = 'a needle, '.repeat(30_000);
    const { port } = await start(echo, { request: [edit] });
    const reply = JSON.parse((await send(`127.0.0.1:${port}`, '/', { method: 'POST', body })).text);
    expect(reply.digest).toBe(digest(body.replaceAll('needle', 'THREAD')));
    expect([reply.headers['content-length'], reply.headers['transfer-encoding']]).toEqual([undefined, 'chunked']);
  });

  it('its beginning is there before its end, and its trailers stay', async () => {
    const backend = kept(await startRawBackend(() => {}));
    const { port } = kept(await startEngine([backend.port], { rules: [{ name: 'edit', request: [edit] }] as never }));
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: x-t\r\n\r\n');
    socket.write('14\r\nfirst needle and nee\r\n');
    await expect.poll(() => backend.received[0]).toMatch(/first THREAD/);
    expect(backend.received[0]).not.toContain('nee');
    socket.write('3\r\ndle\r\n0\r\nx-t: 1\r\n\r\n');
    await expect.poll(() => backend.received[0]).toMatch(/0\r\nx-t: 1\r\n\r\n$/);
    expect(backend.received[0]).toContain('THREAD');
    expect(backend.received[0]?.match(/THREAD/g)).toHaveLength(2);
  });

  it('is sent again, edited, when a backend dies', async () => {
    const body = 'a needle, '.repeat(7000);
    const dies = kept(await startRawBackend((socket) => void socket.destroy()));
    const backend = kept(await startBackend('b', echo));
    const { port, engine } = kept(
      await startEngine([dies.port, backend.port], {
        rules: [{ name: 'edit', request: [edit] }] as never,
        pool: { policy: 'first', retry: { bufferBytes: '1MiB' } },
      }),
    );
    const reply = JSON.parse((await send(`127.0.0.1:${port}`, '/', { method: 'PUT', body })).text);
    expect(reply.digest).toBe(digest(body.replaceAll('needle', 'THREAD')));
    expect((await recorded(engine)).attempts).toHaveLength(2);
  });

  it.each<[string, object[]]>([
    ['as it comes', [edit]],
    ['at the rate of a link', [edit, { throttle: { up: '2Gbps' } }]],
  ])('one that is longer than what is edited arrives whole: %s', async (_name, actions) => {
    const body = Buffer.alloc(24 * MIB, 'a needle, ');
    let got = 0;
    const count: Answer = (request, response) => {
      request.on('data', (chunk: Buffer) => {
        got += chunk.length;
      });
      request.on('end', () => response.end());
    };
    const { port } = await start(count, { request: actions });
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await send(`127.0.0.1:${port}`, '/', { method: 'POST', headers, body })).status).toBe(200);
    expect(got).toBe(body.length);
  });

  it('a coding that is none is told, and goes on as it came', async () => {
    const broken = Buffer.alloc(100_000, 7);
    const { port, engine } = await start(echo, { request: [edit] });
    const headers = { 'content-encoding': 'gzip' };
    const reply = await send(`127.0.0.1:${port}`, '/', { method: 'POST', headers, body: broken });
    expect([reply.status, JSON.parse(reply.text).digest]).toEqual([200, digest(broken)]);
    expect((await recorded(engine)).mark?.note).toMatch(/^body left alone: not valid gzip/);
  });

  it('a coding that breaks later is the client’s fault', async () => {
    const { port, engine } = await start(echo, { request: [edit] });
    const headers = { 'content-encoding': 'gzip' };
    const reply = await send(`127.0.0.1:${port}`, '/', { method: 'POST', headers, body: halfGzip() });
    expect([reply.status, reply.headers['x-switchyard-error']]).toEqual([400, 'BAD_REQUEST']);
    expect((await recorded(engine)).error?.message).toMatch(/cannot be decoded, to be edited/);
  });
});

/** What does not compress well, and breaks in the middle. */
function halfGzip(): Buffer {
  const whole = gzipSync(Array.from({ length: 20_000 }, (_, i) => digest(String(i))).join(' needle '));
  return Buffer.concat([whole.subarray(0, whole.length >> 1), Buffer.alloc(50_000, 7)]);
}

describe('bounds', () => {
  it('one that says that it is longer is left alone at once', async () => {
    const body = 'needle '.repeat((11 * MIB) / 7);
    const { port, engine } = await start((_, response) => void response.end(body), { response: [edit] });
    const reply = await send(`127.0.0.1:${port}`);
    expect([digest(reply.text), reply.headers['content-length']]).toEqual([digest(body), String(body.length)]);
    expect((await recorded(engine)).mark?.note).toBe('body left alone: longer than 10485760 bytes');
  });

  it('one that does not say is edited up to there, whatever a character has begun', async () => {
    const body = 'ä needle, '.repeat(MIB);
    const answer: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(body);
    };
    const { port, engine } = await start(answer, { response: [edit] });
    const { text } = await send(`127.0.0.1:${port}`);
    const edited = text.lastIndexOf('THREAD');
    expect(digest(text.replaceAll('THREAD', 'needle'))).toBe(digest(body));
    expect(text.slice(0, edited)).not.toContain('needle');
    expect(text.slice(edited + 6)).not.toContain('THREAD');
    expect(Buffer.byteLength(text.slice(0, edited))).toBeGreaterThan(9 * MIB);
    expect((await recorded(engine)).mark?.note).toBe(
      'the rest of the body left alone: it is longer than 10485760 bytes',
    );
  });

  it('a stream of events has none', async () => {
    const body = 'data: needle\n\n'.repeat(MIB);
    const answer: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(body);
    };
    const { port } = await start(answer, { response: [edit] });
    expect(digest((await send(`127.0.0.1:${port}`)).text)).toBe(digest(body.replaceAll('needle', 'THREAD')));
  });

  it('what turns out to be no text goes on as it came', async () => {
    const body = Buffer.concat([Buffer.from('needle '.repeat(20_000)), Buffer.from([0xff]), Buffer.from(' needle')]);
    const { port, engine } = await start((_, response) => void response.end(body), { response: [edit] });
    const { text } = await send(`127.0.0.1:${port}`);
    expect([text.startsWith('THREAD THREAD'), text.endsWith(' needle')]).toEqual([true, true]);
    expect((await recorded(engine)).mark?.note).toBe('the rest of the body left alone: it is not text');
  });

  it('a picture is left alone whole', async () => {
    const body = Buffer.concat([Buffer.from([0x89, 0x50]), Buffer.from('needle '.repeat(20_000))]);
    const { port, engine } = await start((_, response) => void response.end(body), { response: [edit] });
    expect((await send(`127.0.0.1:${port}`)).headers['content-length']).toBe(String(body.length));
    expect((await recorded(engine)).mark?.note).toBe('body left alone: the body is not text');
  });

  it.each<[string, object, number]>([
    ['short', edit, 20],
    ['long', edit, 200_000],
    ['that is replaced whole', { body: { set: 'x' } }, 20],
  ])('a part (206), %s, goes on as it is', async (_name, action, length) => {
    const body = 'needle '.repeat(length).slice(0, length);
    const range = { 'content-range': `bytes 0-${length - 1}/300000`, 'content-length': String(length), etag: '"e"' };
    const { port, engine } = await start(
      (_, response) => {
        response.writeHead(206, { 'content-type': 'text/plain', 'accept-ranges': 'bytes', ...range });
        response.end(body);
      },
      { response: [action] },
    );
    const reply = await send(`127.0.0.1:${port}`);
    expect(digest(reply.text)).toBe(digest(body));
    expect(reply.headers).toMatchObject(range);
    expect((await recorded(engine)).mark?.note).toBe('body left alone: it is a part of one');
  });

  it('a part that a client sends goes on as it is', async () => {
    const echoed = Promise.withResolvers<string>();
    const { port } = await start(
      (request, response) => {
        request.on('data', (chunk: Buffer) => echoed.resolve(String(chunk)));
        response.end();
      },
      { request: [edit] },
    );
    const headers = { 'content-range': 'bytes 0-5/100' };
    await send(`127.0.0.1:${port}`, '/', { method: 'PUT', headers, body: 'needle' });
    expect(await echoed.promise).toBe('needle');
  });

  it.each([20, 200_000])('of one of %i bytes that is edited no parts can be asked for', async (length) => {
    const body = 'needle '.repeat(length).slice(0, length);
    const { port } = await start(
      (_, response) => {
        response.writeHead(200, { 'accept-ranges': 'bytes', 'content-type': 'text/plain', etag: '"e"' });
        response.end(body);
      },
      { response: [edit] },
    );
    const { headers } = await send(`127.0.0.1:${port}`);
    expect([headers['accept-ranges'], headers.etag]).toEqual([undefined, 'W/"e"']);
  });

  it('one whose coding breaks later never looks whole', async () => {
    const { port, engine } = await start(
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(halfGzip());
      },
      { response: [edit] },
    );
    await expect(send(`127.0.0.1:${port}`)).rejects.toThrow();
    expect((await recorded(engine)).error).toMatchObject({ code: 'BAD_RESPONSE', source: 'backend' });
  });

  it('a pattern of any length waits for the whole, as do scripts and people', async () => {
    const { port } = await start((_, response) => void response.end('needle '.repeat(20_000)), {
      response: [{ body: { replace: '(needle )+', with: 'one' } }],
    });
    const { text, headers } = await send(`127.0.0.1:${port}`);
    expect([text, headers['content-length']]).toEqual(['one', '3']);
  });
});
