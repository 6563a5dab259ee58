/** The life of an HTTP/2 connection to a backend: wherever it stops or breaks, the request ends, and so does the next one. */
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Deadlines } from '../../proxy-engine/deadlines.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import type { BackendEvents } from '../../proxy-engine/upstream/backend-stream.ts';
import { Http2Backend } from '../../proxy-engine/upstream/http2-backend.ts';
import { type SendOptions, send } from '../support/backend.ts';
import { startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { backendProcess } from '../support/faulty-backends.ts';
import { frame, settings, TYPE, uint32 } from '../support/http2-frames.ts';
import { clientCertificate, newAuthority, temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

const PROTOCOL_ERROR = 1;
/** A setting (RFC 9113 §6.5.2). */
const MAX_CONCURRENT_STREAMS = 3;

/** What a backend does with a connection that is up. */
type Script = (socket: Socket) => void;

const silent: Script = (socket) => void socket.resume();
const says =
  (...frames: Buffer[]): Script =>
  (socket) =>
    void socket.resume().write(Buffer.concat(frames));
const goaway = (code: number) => frame(TYPE.goaway, 0, 0, Buffer.concat([uint32(0), uint32(code)]));
/** When the client has said something: its own side of the connection is up, too. */
const resets: Script = (socket) => void socket.once('data', () => socket.resetAndDestroy());
const closes: Script = (socket) => void socket.resume().end();

/** The server's port; closes with the test. `open`: its connections. */
async function listen(server: Server, port = 0): Promise<{ port: number; open: Set<Socket> }> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {}).once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, open };
}

const certificate = async () => new LeafCertificates(await newAuthority()).issue(['127.0.0.1']);

const clear = (script: Script) => listen(createTcpServer(script));

/** TLS that chooses HTTP/2. */
async function secure(script: Script) {
  const server = createTlsServer({ ...(await certificate()), ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {});
    script(socket);
  });
  return listen(server.on('tlsClientError', () => {}));
}

/** Resets the TCP connection when TLS is up. */
async function resetting() {
  const { port, open } = await secure((socket) =>
    socket.once('data', () => {
      for (const connection of open) connection.resetAndDestroy();
    }),
  );
  return { port, open };
}

/** Answers in HTTP/2 whoever has a certificate that it trusts. */
async function demanding(port = 0, isStrict = true) {
  const { ca } = await clientCertificate(temporaryDirectory(), 'known');
  const mutual = { requestCert: isStrict, rejectUnauthorized: isStrict, ca: readFileSync(ca) };
  const server = createSecureServer({ ...(await certificate()), ...mutual });
  server.on('stream', (stream) => stream.respond({ ':status': 200 }, { endStream: true }));
  return {
    server,
    ...(await listen(
      server.on('sessionError', () => {}),
      port,
    )),
  };
}

/** Connected within so long by the clock that runs in leaps: a timeout of the head must not find the connection on its way. */
const SURELY = '1h';

interface Setting {
  isSecure?: boolean;
  tls?: object;
  connect?: string;
}

/** An engine in front of one backend, which may choose HTTP/2. Both ways to ask tell `code: message`, or the status. */
async function engineFor(port: number, { isSecure = false, tls = {}, connect = '2s' }: Setting = {}) {
  const clock = new FakeClock();
  const pool = {
    backends: [{ name: 'a', url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}` }],
    protocol: isSecure ? 'auto' : 'http2',
    tls: { verify: false, ...tls },
    timeouts: { connect, head: '3s' },
    retry: { attempts: 1 },
    ejection: false,
  };
  const { port: listener, close } = await startEngine([], { clock, pool });
  onTestFinished(close);
  /** No time passes. */
  const ask = async (options: SendOptions = {}) => {
    const { status, headers, text } = await send(`127.0.0.1:${listener}`, '/', options);
    return status === 200 ? '200' : `${headers['x-switchyard-error']}: ${text.replaceAll('\n', ' ')}`;
  };
  /** Time passes until there is an answer. */
  const askInTime = async (options?: SendOptions) => {
    let isOver = false;
    const answer = ask(options).finally(() => (isOver = true));
    await until(() => {
      if (!isOver) clock.advance(100);
      return isOver;
    }, 'an answer');
    return answer;
  };
  return { ask, askInTime, clock };
}

describe('a backend in clear that', () => {
  test.each<[what: string, script: Script, ends: RegExp]>([
    ['accepts and says nothing', silent, /^CONNECT_TIMEOUT: /],
    ['says its SETTINGS, then nothing', says(settings()), /^HEAD_TIMEOUT: /],
    ['allows no stream', says(settings([MAX_CONCURRENT_STREAMS, 0])), /^(QUEUE|CONNECT)_TIMEOUT: /],
    ['says GOAWAY with its SETTINGS', says(settings(), goaway(0)), /^REFUSED_STREAM: .*going away/],
    ['says GOAWAY with an error', says(settings(), goaway(PROTOCOL_ERROR)), /^REFUSED_STREAM: .*going away/],
    ['says GOAWAY before its SETTINGS', says(goaway(0)), /^CONNECT_FAILED: .*does not speak HTTP\/2/],
    ['resets the connection', resets, /^CONNECT_FAILED: .*does not speak HTTP\/2.*ECONNRESET/],
  ])('%s', async (_what, script, ends) => {
    const { port, open } = await clear(script);
    const engine = await engineFor(port, /HEAD_TIMEOUT|REFUSED/.test(ends.source) ? { connect: SURELY } : {});
    const { clock } = engine;
    const ask = /TIMEOUT|REFUSED/.test(ends.source) ? engine.askInTime : engine.ask;
    expect([await ask(), await ask()]).toEqual([expect.stringMatching(ends), expect.stringMatching(ends)]);
    await until(() => {
      clock.advance(100);
      return open.size === 0;
    }, 'no connection is left');
  });
});

describe('a backend of TLS that', () => {
  const afterwards = /^CONNECT_FAILED: .*closed the connection right after the TLS handshake.*tls\.cert/;

  test.each<[what: string, start: () => Promise<{ port: number; open: Set<Socket> }>, ends: RegExp]>([
    ['accepts and says nothing', () => clear(silent), /^CONNECT_TIMEOUT: /],
    ['resets the handshake', () => clear(resets), /^(CONNECT|TLS)_FAILED: /],
    ['chooses HTTP/2 and says nothing more', () => secure(silent), /^CONNECT_TIMEOUT: /],
    ['chooses HTTP/2 and closes', () => secure(closes), afterwards],
    ['chooses HTTP/2 and resets', resetting, afterwards],
    [
      'chooses HTTP/2 and speaks otherwise',
      () => secure(says(Buffer.from('HTTP/1.1 400 \r\n\r\n'))),
      /^BAD_RESPONSE: .*is not HTTP\/2/,
    ],
    [
      'wants a certificate',
      () => demanding(),
      /^TLS_FAILED: .*it wants a client certificate; give tls\.cert and tls\.key/,
    ],
  ])('%s', async (_what, start, ends) => {
    const { port, open } = await start();
    const engine = await engineFor(port, { isSecure: true });
    const { clock } = engine;
    const ask = ends.source.includes('TIMEOUT') ? engine.askInTime : engine.ask;
    expect([await ask(), await ask()]).toEqual([expect.stringMatching(ends), expect.stringMatching(ends)]);
    await until(() => {
      clock.advance(100);
      return open.size === 0;
    }, 'no connection is left');
  });

  test('knows not the authority of our certificate', async () => {
    const { port } = await demanding();
    const { cert, key } = await clientCertificate(temporaryDirectory(), 'stranger');
    const { ask } = await engineFor(port, { isSecure: true, tls: { cert, key } });
    expect(await ask()).toMatch(afterwards);
  });

  test('wants a certificate is asked again when it wants none any more', async () => {
    const { server, port, open } = await demanding();
    const { ask } = await engineFor(port, { isSecure: true });
    expect(await ask()).toMatch(/^TLS_FAILED/);
    await until(() => open.size === 0, 'it has closed');
    await new Promise((resolve) => server.close(resolve));
    await demanding(port, false);
    expect(await ask()).toBe('200');
  });
});

test('a backend that stops in the middle of its life holds up nobody for longer than the timeouts, and is asked when it goes on', async () => {
  const { child, port } = await backendProcess({ HTTP2: '1' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { ask, askInTime } = await engineFor(port);
  expect(await ask()).toBe('200');
  child.kill('SIGSTOP');
  expect(await askInTime()).toMatch(/^HEAD_TIMEOUT/);
  expect(await askInTime({ method: 'POST', body: Buffer.alloc(8 * 1024 ** 2) })).toMatch(/^CONNECT_TIMEOUT/);
  child.kill('SIGCONT');
  expect(await ask()).toBe('200');
});

test('a backend that closes while what it is sent gets nowhere takes no further request and is let go', async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  onTestFinished(() => deadlines.stop());
  // What is written waits for ever.
  const socket = new Duplex({ read() {}, write() {} }) as Socket;
  const said: string[] = [];
  const connection = new Http2Backend(socket, {
    clock,
    deadlines,
    secure: false,
    connectMs: 2000,
    idleMs: 60_000,
    known: { endedAfter: 0, maxRequests: null },
    onReady: () => void said.push('ready'),
    onRoom: () => {},
    onGone: () => void said.push('gone'),
    onClosed: () => void said.push('closed'),
  });
  socket.push(settings());
  await until(() => said.includes('ready'), 'the SETTINGS');
  connection.lease({ onConnected: () => {} } as Partial<BackendEvents> as BackendEvents);
  socket.emit('end');
  expect([said, connection.hasRoom]).toEqual([['ready', 'gone'], false]);
  await until(() => {
    clock.advance(500);
    return said.includes('closed');
  }, 'the connection is let go');
  expect(socket.destroyed).toBe(true);
});

test('a backend that resets the connection while it is sent a body', async () => {
  const { port } = await clear((socket) => {
    socket.write(settings());
    let receivedBytes = 0;
    socket.on('data', ({ length }) => {
      receivedBytes += length;
      if (receivedBytes > 30_000) socket.resetAndDestroy();
    });
  });
  const { ask } = await engineFor(port);
  const upload = { method: 'POST', body: Buffer.alloc(8 * 1024 ** 2) };
  expect([await ask(upload), await ask(upload)]).toEqual([
    expect.stringMatching(/^RESET/),
    expect.stringMatching(/^RESET/),
  ]);
});
