/** Tunnels in which nobody speaks at first, or nobody speaks any more. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import type { Engine } from '../../proxy-engine/engine.ts';
import { openAuthority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { startBackend } from '../support/backend.ts';
import { portOf, recorded, recordedRows, runConfig, startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { newAuthority, temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

interface Origin {
  port: number;
  /** Connections so far. */
  sockets: readonly Socket[];
}

async function tcpOrigin(onSocket: (socket: Socket) => void = () => {}): Promise<Origin> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

async function interceptingProxy(rules: ConfigDocument['rules'] = []) {
  const authority = await newAuthority();
  const pair = await new LeafCertificates(authority).issue(['localhost']);
  const tls = createHttpsServer(pair, (request, response) => response.end(request.url));
  const origin = await tcpOrigin((socket) => tls.emit('connection', socket));
  const directory = temporaryDirectory();
  const { certificateFile } = await openAuthority(join(directory, 'authority'));
  const engine = await runConfig(
    {
      listeners: { proxy: { address: '127.0.0.1:0', mode: 'forward', intercept: 'host = localhost' } },
      routes: [{ name: 'all', pool: 'origin' }],
      rules,
      pools: {
        origin: { backends: [{ url: `https://localhost:${origin.port}` }], tls: { ca: [authority.certificateFile] } },
      },
    },
    directory,
  );
  onTestFinished(() => engine.close(0));
  return { engine, port: portOf(engine, 'proxy'), origin, ca: readFileSync(certificateFile, 'utf8') };
}

/** A client that has been let in. */
async function connectThrough(proxy: number, target: number): Promise<Socket> {
  const client = connect(proxy, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  client.write(`CONNECT localhost:${target} HTTP/1.1\r\nHost: localhost:${target}\r\n\r\n`);
  const welcome = 'HTTP/1.1 200 Connection Established\r\n\r\n';
  expect((await take(client, welcome.length)).toString()).toBe(welcome);
  return client;
}

/** The first bytes that come; what comes with them is still to be read. */
async function take(client: Socket, length: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) bytes = Buffer.concat([bytes, ...((await once(client, 'data')) as [Buffer])]);
  if (bytes.length > length) client.unshift(bytes.subarray(length));
  return bytes.subarray(0, length);
}

async function getOver(socket: Socket, ca: string): Promise<string> {
  const secure = connectTls({ socket, ca, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
  await once(secure, 'secureConnect');
  secure.write('GET /secret HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  let text = '';
  secure.on('data', (data: Buffer) => (text += data.toString()));
  await once(secure, 'end');
  return text;
}

describe('interception', () => {
  test('opens TLS that comes long after the CONNECT', async () => {
    const { engine, port, origin, ca } = await interceptingProxy();
    const client = await connectThrough(port, origin.port);
    await until(() => origin.sockets.length === 1, 'the proxy to look whether the other side speaks first');
    expect(await getOver(client, ca)).toMatch(/^HTTP\/1\.1 200 [^]*\/secret/);
    expect((await recordedRows(engine)).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /secret']);
  });

  test('opens TLS whose first message comes in two parts with a pause', async () => {
    const { engine, port, origin, ca } = await interceptingProxy();
    const client = await connectThrough(port, origin.port);
    const splitter = createServer((near) => {
      near.once('data', (hello: Buffer) => {
        client.write(hello.subarray(0, 20));
        void until(() => origin.sockets.length === 1, 'the proxy to look at the other side').then(() => {
          client.write(hello.subarray(20));
          near.pipe(client);
        });
      });
      client.pipe(near);
      near.on('error', () => {});
    });
    splitter.listen(0, '127.0.0.1');
    await once(splitter, 'listening');
    onTestFinished(() => void splitter.close());
    const near = connect((splitter.address() as AddressInfo).port, '127.0.0.1');
    expect(await getOver(near, ca)).toMatch(/^HTTP\/1\.1 200 [^]*\/secret/);
    expect((await recordedRows(engine)).map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /secret']);
  });

  test('that was wanted and cannot be is told: the other side speaks first', async () => {
    const { engine, port } = await interceptingProxy();
    const mail = await tcpOrigin((socket) => socket.end('220 hello'));
    const client = await connectThrough(port, mail.port);
    const [hello] = (await once(client, 'data')) as [Buffer];
    expect(hello.toString()).toBe('220 hello');
    client.end();
    expect(await recorded(engine)).toMatchObject({
      method: 'CONNECT',
      mark: { note: 'not opened: the other side spoke first, or closed' },
    });
  });

  test('that was wanted and cannot be is told: it is no TLS', async () => {
    const { engine, port } = await interceptingProxy();
    const echo = await tcpOrigin((socket) => socket.pipe(socket));
    const client = await connectThrough(port, echo.port);
    client.end('\0\0 something else');
    await once(client, 'data');
    expect(await recorded(engine)).toMatchObject({
      mark: { note: 'not opened: what the client says is neither TLS nor HTTP' },
    });
  });

  test.each([
    [{ abort: 'close' }, 'closed', 'aborted by a rule (close)'],
    [{ abort: 'reset' }, 'ECONNRESET', 'aborted by a rule (reset)'],
    [{ abort: 'hang' }, 'closed', 'aborted by a rule (hang)'],
    [
      { respond: { status: 403 } },
      'closed',
      'a rule answers 403, which cannot be said in a tunnel that is open already',
    ],
  ] as const)('that was wanted and cannot be obeys rules: %j', async (action, end, message) => {
    const { engine, port } = await interceptingProxy([{ name: 'cut', match: 'method = CONNECT', request: [action] }]);
    const echo = await tcpOrigin((socket) => socket.pipe(socket));
    const client = await connectThrough(port, echo.port);
    const ended = new Promise((resolve) => {
      client.on('end', () => resolve('closed')).on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
    });
    let heard = '';
    client.on('data', (bytes) => (heard += String(bytes)));
    client.write('\0\0 something else');
    expect((await recorded(engine)).error).toMatchObject({ code: 'ABORTED_BY_RULE', message });
    if ('abort' in action && action.abort === 'hang') client.end();
    expect([await ended, heard, echo.sockets.length]).toEqual([end, '', 0]);
  });

  test('of a client that says nothing to a host that cannot be reached ends, with the reason', async () => {
    const clock = new FakeClock();
    const listener = { mode: 'forward', intercept: 'host = localhost' };
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      clock,
      listener,
      authorityDir: temporaryDirectory(),
      routes: [],
    });
    onTestFinished(close);
    const client = await connectThrough(port, CLOSED_PORT);
    let isClosed = false;
    client
      .once('close', () => (isClosed = true))
      .on('end', () => client.end())
      .resume();
    await until(() => {
      clock.advance(1000);
      return isClosed;
    }, 'the tunnel to be given up');
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', error: { code: 'CONNECT_REFUSED' } });
  });
});

/** A greeting, if there is one, then `250 ` and what came for each line. */
const textServer = (greeting: string) =>
  tcpOrigin((socket) => {
    socket.write(greeting);
    socket.on('data', (data: Buffer) => socket.write(`250 ${String(data)}`));
    socket.once('end', () => socket.end());
  });

/** A client that has been let in by SOCKS5. */
async function socksThrough(proxy: number, target: number): Promise<Socket> {
  const client = connect(proxy, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  client.write(Buffer.from([5, 1, 0, 5, 1, 0, 3, 9, ...Buffer.from('localhost'), target >> 8, target & 255]));
  expect([...(await take(client, 12)).subarray(0, 4)]).toEqual([5, 0, 5, 0]);
  return client;
}

const POST = 'POST /in-parts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';

describe.each([
  ['CONNECT', connectThrough, undefined],
  ['CONNECT, looked into', connectThrough, 'host = localhost'],
  ['SOCKS5', socksThrough, undefined],
  ['SOCKS5, looked into', socksThrough, 'host = localhost'],
] as const)('a protocol of lines through %s', (_how, enter, intercept) => {
  const forward = async () => {
    const clock = new FakeClock();
    const listener = { mode: 'forward', ...(intercept && { intercept }) };
    const authorityDir = temporaryDirectory();
    const { engine, port, close } = await startEngine([CLOSED_PORT], { clock, listener, authorityDir, routes: [] });
    onTestFinished(close);
    return { engine, port, clock };
  };
  const heardBy = (client: Socket) => {
    const heard = { text: '' };
    client.on('data', (data: Buffer) => (heard.text += data.toString()));
    return heard;
  };
  const isRelayed = async (engine: Engine, client: Socket) => {
    client.end();
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', status: 200 });
  };

  test.each([
    ['whose command looks like a request', 'LIST *\r\n'],
    ['whose command has a path', 'RETR /files/a\n'],
    ['of another version', 'GET / ICAP/1.0\r\n'],
    ['whose command comes in two parts', 'OPTIONS', ' *\r\n'],
    ['whose client waits in the middle of a line', 'GET /a'],
    ['whose client waits after a word', 'HELO'],
  ])('%s reaches the other side as it is', async (_what, ...parts) => {
    const { engine, port, clock } = await forward();
    const { port: target, sockets } = await textServer('');
    const client = await enter(port, target);
    const heard = heardBy(client);
    for (const [at, part] of parts.entries()) {
      if (at > 0) await until(() => heard.text === '' && client.writableLength === 0, 'the part before');
      client.write(part);
    }
    await until(() => {
      clock.advance(200);
      return heard.text.replaceAll('250 ', '') === parts.join('');
    }, 'the answer');
    expect(sockets).toHaveLength(1);
    await isRelayed(engine, client);
  });

  test.each(['220 mail.test ESMTP\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'])('that greets first: %j', async (greeting) => {
    const { engine, port, clock } = await forward();
    const { port: target } = await textServer(greeting);
    const client = await enter(port, target);
    const heard = heardBy(client);
    await until(() => {
      clock.advance(200);
      return heard.text === greeting;
    }, 'the greeting');
    client.write('NOOP * HTTP/1.1\r\n');
    await until(() => heard.text === `${greeting}250 NOOP * HTTP/1.1\r\n`, 'the answer');
    await isRelayed(engine, client);
  });

  test.each([
    ['the rest of its head', ['GET /in-parts HTTP/1.1\r\n', 'Host: localhost\r\nConnection: close\r\n\r\n']],
    ['its body', [`${POST}Content-Length: 5\r\n\r\n`, 'hello']],
    ['all of its body, in parts', [`${POST}Content-Length: 5\r\n\r\nhe`, 'l', 'lo']],
    ['its body in chunks', [`${POST}Transfer-Encoding: chunked\r\n\r\n`, '5\r\nhello\r\n0\r\n\r\n']],
  ])('a request in clear is served as one, though %s comes later', async (_what, parts) => {
    const { engine, port } = await forward();
    const origin = await startBackend('origin');
    onTestFinished(() => origin.close());
    const client = await enter(port, origin.port);
    const heard = heardBy(client);
    const ended = once(client, 'end');
    for (const part of parts) {
      client.write(part);
      // Long enough for most parts to be read by themselves.
      await sleep(20);
    }
    await ended;
    expect(heard.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(await recorded(engine)).toMatchObject({ path: '/in-parts', status: 200 });
  });
});

test('a request in clear whose line comes in parts is served as one', async () => {
  const { engine, port, close } = await startEngine([CLOSED_PORT], {
    clock: new FakeClock(),
    listener: { mode: 'forward' },
    routes: [],
  });
  onTestFinished(close);
  const origin = await startBackend('origin');
  onTestFinished(() => origin.close());
  const client = await connectThrough(port, origin.port);
  for (const part of [
    'GET /in',
    '-parts HTT',
    `P/1.1\r\nHost: localhost:${origin.port}\r\nConnection: close\r\n\r\n`,
  ]) {
    client.write(part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let text = '';
  client.on('data', (data: Buffer) => (text += data.toString()));
  await once(client, 'end');
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(await recorded(engine)).toMatchObject({ method: 'GET', path: '/in-parts' });
});

describe('a client that says its last byte before its first', () => {
  const forward = async (intercept?: string) => {
    const listener = { mode: 'forward', limits: { connections: 3 }, ...(intercept && { intercept }) };
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      listener,
      authorityDir: temporaryDirectory(),
      routes: [],
    });
    onTestFinished(close);
    return { engine, port };
  };

  test.each([
    ['hears what the other side says to that', undefined],
    ['hears it where tunnels are looked into as well', 'host = localhost'],
  ])('%s', async (_what, intercept) => {
    const { port } = await forward(intercept);
    const daytime = await tcpOrigin((socket) => {
      socket.once('end', () => socket.end('daytime')).resume();
    });
    const client = await connectThrough(port, daytime.port);
    let text = '';
    client.on('data', (data: Buffer) => (text += data.toString()));
    client.end();
    await once(client, 'end');
    expect(text).toBe('daytime');
  });

  const socks = async (port: number, target: number, word: string): Promise<Socket> => {
    const client = connect(port, '127.0.0.1');
    client.write(Buffer.from([5, 1, 0, 5, 1, 0, 3, 9, ...Buffer.from('localhost'), target >> 8, target & 255]));
    return client.end(word);
  };
  const tunnel = async (port: number, target: number, word: string): Promise<Socket> =>
    (await connectThrough(port, target)).end(word);

  test.each([
    ['CONNECT', tunnel, undefined],
    ['CONNECT', tunnel, 'host = localhost'],
    ['SOCKS5', socks, undefined],
    ['SOCKS5', socks, 'host = localhost'],
  ])('leaves no connection behind: %s %#', async (_how, leave, intercept) => {
    const { engine, port } = await forward(intercept);
    const origin = await tcpOrigin((socket) => {
      socket.once('end', () => socket.end('bye')).resume();
    });
    for (const word of ['', '\0 a word', '', '\0 a word', '']) {
      const client = await leave(port, origin.port, word);
      await once(client.resume(), 'close');
    }
    const isEmpty = async () => /listener_connections\{[^}]*\} 0/.test(await engine.metrics());
    await until(isEmpty, 'all to be closed');
  });
});

describe('what nobody uses any more is closed after five minutes', () => {
  const MINUTE = 60_000;
  const NOTE = 'closed: nothing passed for 5 min';

  test('a tunnel', async () => {
    const clock = new FakeClock();
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      clock,
      listener: { mode: 'forward' },
      routes: [],
    });
    onTestFinished(close);
    const echo = await tcpOrigin((socket) => socket.pipe(socket));
    const client = await connectThrough(port, echo.port);
    for (const word of ['one', 'two']) {
      client.write(`\0${word}`);
      expect(String((await once(client, 'data'))[0])).toBe(`\0${word}`);
      clock.advance(4 * MINUTE);
    }
    expect([client.closed, echo.sockets[0]?.closed]).toEqual([false, false]);
    clock.advance(1.1 * MINUTE);
    await once(client, 'close');
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', requestSizeBytes: 8, mark: { note: NOTE } });
    await until(() => echo.sockets[0]?.closed === true, 'the other side to be closed');
  });

  test('a tunnel in which nobody has ever spoken', async () => {
    const clock = new FakeClock();
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      clock,
      listener: { mode: 'forward' },
      routes: [],
    });
    onTestFinished(close);
    const origin = await tcpOrigin();
    const client = await connectThrough(port, origin.port);
    clock.advance(5.1 * MINUTE);
    await once(client, 'close');
    expect(await recorded(engine)).toMatchObject({ method: 'CONNECT', mark: { note: NOTE } });
    expect((await recorded(engine)).error).toBeUndefined();
  });

  test('a WebSocket, with a word', async () => {
    const clock = new FakeClock();
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { engine, port, close } = await startEngine([(server.address() as AddressInfo).port], { clock });
    onTestFinished(close);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open');
    clock.advance(4 * MINUTE);
    socket.send('hello');
    await once(socket, 'message');
    clock.advance(4 * MINUTE);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1.1 * MINUTE);
    expect((await once(socket, 'close'))[0]).toBe(1001);
    expect(await recorded(engine)).toMatchObject({ status: 101, mark: { note: NOTE } });
  });
});
