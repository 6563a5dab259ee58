/** Either side leaves after each byte of an exchange, politely or not: nothing half is taken for whole, and nothing is left behind. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordedRows, startEngine, type TestEngine } from './support/engine.ts';
import { END_HEADERS, END_STREAM, frame, PREFACE, pseudo, request, settings, TYPE } from './support/http2-frames.ts';
import { until } from './support/until.ts';

type Leaving = 'end' | 'reset';
const LEAVINGS: Leaving[] = ['end', 'reset'];

function leave(socket: Socket, how: Leaving): void {
  if (how === 'end') socket.end();
  else socket.resetAndDestroy();
}

interface Scene {
  engine: TestEngine;
  /** What the backend got, per connection. */
  received: string[];
  /** Open connections of the backend. */
  open: Set<Socket>;
}

async function scene(answer: (socket: Socket, all: string) => void): Promise<Scene> {
  const received: string[] = [];
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const index = received.push('') - 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (data) => {
      received[index] += data.toString('latin1');
      answer(socket, received[index] ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = { ejection: false, retry: { attempts: 1 }, connections: { idle: '50ms' } };
  const engine = await startEngine([port], { pool });
  onTestFinished(async () => {
    await engine.close();
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { engine, received, open };
}

/** Nothing goes on any more: no exchange, no connection on either side. */
async function nothingIsLeft({ engine: { engine }, open }: Scene): Promise<void> {
  await until(() => open.size === 0, 'that every connection to the backend is closed');
  await until(async () => {
    const text = await engine.metrics();
    return (
      /^switchyard_exchanges_in_flight 0$/m.test(text) && !/^switchyard_listener_connections\{[^}]*\} [^0]/m.test(text)
    );
  }, 'that nothing is under way');
}

const INFORMATION = /^(HTTP\/1\.1 1[^]*?\r\n\r\n)+/;

/** Sends the first bytes and leaves; resolves to the final answer that came back once the other side has closed, too. */
function sayAndLeave(port: number, bytes: Buffer, how: Leaving): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () =>
      socket.write(bytes, () => leave(socket, how)),
    );
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => resolve(text.replace(INFORMATION, '')));
  });
}

const END_OF_CHUNKS = /\r\n0\r\n(X-T: 1\r\n)?\r\n$/;

describe('a client of HTTP/1.1', () => {
  const whole = Buffer.from(
    'POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n',
  );

  it.each(LEAVINGS)('that leaves (%s) after each byte of its request', async (how) => {
    const stage = await scene((socket, all) => {
      if (END_OF_CHUNKS.test(all)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const cuts = Array.from({ length: whole.length }, (_, cut) => cut);
    const answers = await Promise.all(cuts.map((cut) => sayAndLeave(stage.engine.port, whole.subarray(0, cut), how)));
    expect(answers.filter((text) => text.includes(' 200 '))).toEqual([]);
    await nothingIsLeft(stage);
    expect(stage.received.filter((all) => END_OF_CHUNKS.test(all))).toEqual([]);
    expect(await sayAndLeave(stage.engine.port, whole, 'end')).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/);
    await nothingIsLeft(stage);
  });
});

describe('a client of HTTP/2', () => {
  const preface = Buffer.concat([PREFACE, settings()]);
  const whole = Buffer.concat([
    preface,
    request(
      1,
      [
        [':method', 'POST'],
        [':scheme', 'http'],
        [':authority', 'a'],
        [':path', '/a'],
      ],
      0,
    ),
    frame(TYPE.data, 0, 1, Buffer.from('hello')),
    frame(
      TYPE.headers,
      END_STREAM | END_HEADERS,
      1,
      Buffer.concat([Buffer.from([0, 3]), Buffer.from('x-t'), Buffer.from([1]), Buffer.from('1')]),
    ),
  ]);

  it.each(LEAVINGS)('that leaves (%s) after each byte of its request', async (how) => {
    const stage = await scene((socket, all) => {
      if (/\r\n0\r\n(x-t: 1\r\n)?\r\n$/.test(all)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const cuts = Array.from({ length: whole.length }, (_, cut) => cut);
    await Promise.all(cuts.map((cut) => sayAndLeave(stage.engine.port, whole.subarray(0, cut), how)));
    await nothingIsLeft(stage);
    expect(stage.received.filter((all) => /\r\n0\r\n(x-t: 1\r\n)?\r\n$/.test(all))).toEqual([]);
  });
});

describe('a backend', () => {
  const heads = {
    length: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    informed: 'HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  };

  it.each(Object.entries(heads).flatMap(([what, says]) => LEAVINGS.map((how) => [what, how, says] as const)))(
    'that leaves after each byte of its answer (%s, %s)',
    async (_what, how, says) => {
      const stage = await scene((socket, all) => {
        const [, cut] = /^GET \/(\d+) [^]*\r\n\r\n$/.exec(all) ?? [];
        if (cut === undefined) return;
        socket.write(says.slice(0, Number(cut)), () => leave(socket, how));
      });
      const ask = (cut: number) =>
        sayAndLeave(stage.engine.port, Buffer.from(`GET /${cut} HTTP/1.1\r\nHost: a\r\n\r\n`), 'end');
      const answers = await Promise.all(Array.from({ length: says.length }, (_, cut) => ask(cut)));
      for (const [cut, text] of answers.entries()) {
        expect([cut, text]).toEqual([cut, expect.stringMatching(/^HTTP\/1\.1 502 |^HTTP\/1\.1 200 OK\r\n/)]);
        expect([
          cut,
          /\r\n\r\n(5\r\n)?hello(\r\n0\r\n\r\n)?$/.test(text) && !text.endsWith('chunked\r\n\r\n5\r\nhello'),
        ]).toEqual([cut, false]);
      }
      await nothingIsLeft(stage);
      const rows = await recordedRows(stage.engine.engine);
      expect(rows.filter(({ error }) => error === undefined)).toEqual([]);
    },
  );
});

describe('an engine that ends in the middle', () => {
  const http1 = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const http2 = (path: string) => Buffer.concat([PREFACE, settings(), request(1, pseudo(path))]);

  it.each([
    ['HTTP/1.1', http1],
    ['HTTP/2', http2],
  ] as const)('says so of what goes on, and blames neither its client nor its backend (%s)', async (_, ask) => {
    const { engine, received } = await scene((socket, all) => {
      if (all.startsWith('GET /begun')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun');
    });
    const begun = new Promise((resolve) => {
      for (const path of ['/begun', '/silent']) {
        const client = connect(engine.port, '127.0.0.1', () => client.write(ask(path)));
        client.on('error', () => {});
        client.on('data', (data) => data.includes('begun') && resolve(undefined));
      }
    });
    await begun;
    await until(() => received.filter((text) => text.endsWith('\r\n\r\n')).length === 2);
    await engine.close();
    const rows = await recordedRows(engine.engine);
    const told = rows.map(({ path, status, error }) => [path, status, error?.code, error?.source]).sort();
    expect(told).toEqual([
      ['/begun', 200, 'INTERRUPTED', 'proxy'],
      ['/silent', undefined, 'INTERRUPTED', 'proxy'],
    ]);
    expect(engine.engine.state().pools[0]?.backends[0]?.failures).toBe(0);
  });
});
