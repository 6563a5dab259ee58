/** TLS on both sides of an exported file: what checks of backends say, and which certificates of clients are taken. */
import { appendFileSync, readFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { send } from '../support/backend.ts';
import { certificateFiles, clientCertificate, newAuthority, selfSigned, temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';
import type { PeerName } from './peers.ts';
import { runExported } from './running.ts';

const NAME = 'api.internal';

/** What a check was like. */
interface Seen {
  protocol: string;
  host: string | undefined;
  name: string | false | null;
}

/** Shakes hands with those alone who ask for its name. */
async function namedServer(): Promise<{ port: number; seen: Seen[] }> {
  const context = createSecureContext(await selfSigned(`/CN=${NAME}`));
  const seen: Seen[] = [];
  const server = createSecureServer({
    allowHTTP1: true,
    SNICallback: (name, answer) => (name === NAME ? answer(null, context) : answer(new Error('no such name'))),
  });
  server.on('request', (incoming, response) => {
    const { servername } = (incoming.stream?.session?.socket ?? incoming.socket) as TLSSocket;
    const host = incoming.headers.host ?? incoming.headers[':authority']?.toString();
    if (incoming.url === '/healthz') seen.push({ protocol: incoming.httpVersion, host, name: servername ?? null });
    response.end('here');
  });
  return { port: await listening(server), seen };
}

async function listening(server: Http2SecureServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('HAProxy checks', () => {
  const healthCheck = { type: 'http', path: '/healthz', interval: '100ms', timeout: '5s', fall: 1 };

  test.each([
    ['auto', {}, '2.0'],
    ['http1', {}, '1.1'],
    ['http2', {}, '2.0'],
    ['auto', { headers: { HOST: 'app.test', 'X-Empty': '' } }, '2.0'],
    ['http1', { port: 'written' }, '1.1'],
  ])('in %s with %j as the traffic goes', async (protocol, more, spoken) => {
    const { port, seen } = await namedServer();
    const pool = {
      backends: [{ url: `https://127.0.0.1:${port}` }],
      protocol,
      tls: { verify: false, serverName: NAME },
      healthCheck: { ...healthCheck, ...more, ...('port' in more ? { port } : {}) },
    };
    const gateway = await runExported('haproxy', { pools: { api: pool } });

    await until(() => seen.length > 2, 'some checks');

    const host = 'headers' in more ? 'app.test' : `127.0.0.1:${port}`;
    expect(seen[0]).toEqual({ protocol: spoken, host, name: NAME });
    expect((await send(`127.0.0.1:${gateway}`)).text).toBe('here');
  });
});

/** Of what comes back to a client that shows this certificate. */
function statusOf(port: number, { cert, key }: { cert: string; key: string }): Promise<number | undefined> {
  const shown = { cert: readFileSync(cert), key: readFileSync(key), rejectUnauthorized: false };
  // Caddy asks that both names be the same.
  const named = { servername: NAME, headers: { host: NAME } };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent: false, ...named, ...shown }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

test.each<PeerName>(['nginx', 'haproxy', 'caddy'])(
  '%s takes a certificate of an authority that it does not know where none is required',
  async (peer) => {
    const directory = temporaryDirectory();
    const own = await certificateFiles(await newAuthority(), directory, NAME);
    // HAProxy looks for the key there, too.
    appendFileSync(own.cert, `\n${readFileSync(own.key, 'utf8')}`);
    const known = await clientCertificate(directory, 'known');
    const unknown = await clientCertificate(directory, 'unknown');
    const tls = { certificates: [own], client: { mode: 'request', ca: known.ca } };
    const port = await runExported(peer, { listener: { tls } });
    expect(await statusOf(port, known)).toBe(200);
    expect(await statusOf(port, unknown)).toBe(200);
  },
);
