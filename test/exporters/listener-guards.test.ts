/** What guards a listener closes it where a target cannot have it: nobody gets through an exported file who would not get through here. */
import { appendFileSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../proxy-engine/contract/config.ts';
import { exportConfig } from '../../proxy-engine/exporters/export.ts';
import { startBackend } from '../support/backend.ts';
import { freePort } from '../support/free-port.ts';
import { certificateFiles, clientCertificate, newAuthority, temporaryDirectory } from '../support/tls.ts';
import { complaintOf, type PeerName, startPeer } from './peers.ts';
import { smallConfig } from './reports.ts';

const CERTIFICATES = [{ cert: 'a.pem', key: 'a.key' }];
const NO_AUTHORITY = { tls: { certificates: CERTIFICATES, client: { mode: 'require' } } };
const NO_CERTIFICATE = { tls: { local: true, client: { mode: 'require', ca: 'ca.pem' } } };

async function started(peer: PeerName, listener: object): Promise<number> {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const port = await freePort();
  const config = configSchema.parse({
    version: 1,
    listeners: { gateway: { address: `127.0.0.1:${port}`, ...listener } },
    routes: [{ name: 'all', pool: 'api' }],
    pools: { api: { backends: [{ url: backend.url }] } },
  });
  const { text } = exportConfig(config, peer);
  expect(await complaintOf(peer, text)).toBeNull();
  const program = await startPeer(peer, text, port);
  onTestFinished(() => program.stop());
  return port;
}

/** All that comes back until the end, which may be an abrupt one. */
async function answerOn(socket: Socket, sent: string): Promise<string> {
  let said = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')));
  socket.write(`${sent}GET / HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n`);
  // `once` of node:events would end with an error.
  await new Promise((closed) => socket.once('close', closed));
  return said;
}

const PEERS = ['nginx', 'haproxy'] as const;

test.each(PEERS)(
  '%s takes no connection where certificates are required and their authority is not told',
  async (peer) => {
    const directory = temporaryDirectory();
    const own = await certificateFiles(await newAuthority(), directory, 'api.test');
    appendFileSync(own.cert, `\n${readFileSync(own.key, 'utf8')}`);
    const client = await clientCertificate(directory, 'somebody');
    const shown = { cert: readFileSync(client.cert), key: readFileSync(client.key) };
    const port = await started(peer, { tls: { certificates: [own], client: { mode: 'require' } } });
    for (const certificate of [{}, shown]) {
      const socket = connectSecurely({ host: '127.0.0.1', port, rejectUnauthorized: false, ...certificate });
      expect(await answerOn(socket, '')).toBe('');
    }
  },
);

test.each(PEERS)('%s takes no connection in clear where the certificate of a listener stays behind', async (peer) => {
  const port = await started(peer, { tls: { local: true } });
  expect(await answerOn(connect(port, '127.0.0.1'), '')).not.toContain('"backend"');
});

test.each([
  ['127.0.0.1', '', undefined],
  ['127.0.0.1', 'PROXY TCP4 10.9.9.9 10.0.0.1 1 2\r\n', 'closed'],
  ['127.0.0.2', 'PROXY TCP4 10.9.9.9 10.0.0.1 1 2\r\n', '10.9.9.9'],
])('HAProxy believes the PROXY header of trusted proxies only: %s %j', async (localAddress, sent, told) => {
  const port = await started('haproxy', { proxyProtocol: true, trustedProxies: ['127.0.0.2/32'] });
  const said = await answerOn(connect({ port, host: '127.0.0.1', localAddress }), sent);
  if (told === 'closed') expect(said).not.toContain('"backend"');
  else expect(said).toContain(`"x-forwarded-for":"${told ?? localAddress}"`);
});

test('nginx asks for certificates of any authority without a list of them', async () => {
  const directory = temporaryDirectory();
  const own = await certificateFiles(await newAuthority(), directory, 'api.test');
  const port = await started('nginx', { tls: { certificates: [own], client: { mode: 'request' } } });
  const socket = connectSecurely({ host: '127.0.0.1', port, rejectUnauthorized: false });
  expect(await answerOn(socket, '')).toContain('"backend":"a"');
});

function envoyListeners(listener: object): { filter_chains: { filter_chain_match: unknown }[] }[] {
  const { text } = exportConfig(smallConfig({ listener }), 'envoy');
  return (parse(text) as { static_resources: { listeners: [] } }).static_resources.listeners;
}

test.each([NO_AUTHORITY, NO_CERTIFICATE])('Envoy has no listener that would let everybody in: %j', (listener) =>
  expect(envoyListeners(listener)).toEqual([]),
);

test('Envoy takes connections with the PROXY header from trusted proxies only', () => {
  const [listener] = envoyListeners({ proxyProtocol: true, trustedProxies: ['10.0.0.0/8', '::1'] });
  expect(listener?.filter_chains.map((chain) => chain.filter_chain_match)).toEqual([
    {
      direct_source_prefix_ranges: [
        { address_prefix: '10.0.0.0', prefix_len: 8 },
        { address_prefix: '::1', prefix_len: 128 },
      ],
    },
  ]);
});

interface TraefikFile {
  http: { routers?: Record<string, { entryPoints: string[]; tls?: object }> };
  tls?: { options?: object };
}

function traefikWith(listeners: Record<string, object>) {
  const config = configSchema.parse({
    version: 1,
    listeners: Object.fromEntries(
      Object.entries(listeners).map(([name, client], i) => [
        name,
        { address: `127.0.0.1:${8443 + i}`, tls: { certificates: CERTIFICATES, client } },
      ]),
    ),
    routes: [{ name: 'all', match: 'host ^= api or path = /', pool: 'api' }],
    pools: { api: { backends: [{ url: 'http://127.0.0.1:1' }] } },
  });
  const { text, unmapped } = exportConfig(config, 'traefik');
  const { http, tls } = parse(text) as TraefikFile;
  return {
    open: [...new Set(Object.values(http.routers ?? {}).flatMap(({ entryPoints }) => entryPoints))],
    ownOptions: Object.values(http.routers ?? {}).filter((router) => router.tls && 'options' in router.tls),
    options: tls?.options,
    unmapped: unmapped.map(({ path }) => path).filter((path) => path.includes('tls')),
  };
}

const REQUIRED = { mode: 'require', ca: 'ca.pem' };
const ASKED_OF_ALL = { default: { clientAuth: { caFiles: ['ca.pem'], clientAuthType: 'RequireAndVerifyClientCert' } } };

test.each([
  [{ a: REQUIRED }, { open: ['a'], options: ASKED_OF_ALL, unmapped: [] }],
  [
    { a: REQUIRED, b: REQUIRED },
    { open: ['a', 'b'], options: ASKED_OF_ALL, unmapped: [] },
  ],
  [
    { a: REQUIRED, b: {} },
    { open: ['b'], options: undefined, unmapped: ['listeners.a.tls.client'] },
  ],
  [
    { a: REQUIRED, b: { mode: 'require', ca: 'other.pem' } },
    { open: ['a'], options: ASKED_OF_ALL, unmapped: ['listeners.b.tls.client'] },
  ],
  [
    { a: { mode: 'request', ca: 'ca.pem' }, b: {} },
    { open: ['a', 'b'], options: undefined, unmapped: ['listeners.a.tls.client'] },
  ],
  [
    { a: { mode: 'request', ca: 'ca.pem' } },
    {
      open: ['a'],
      options: { default: { clientAuth: { caFiles: ['ca.pem'], clientAuthType: 'RequestClientCert' } } },
      unmapped: [],
    },
  ],
  [{ a: { mode: 'require' } }, { open: [], unmapped: ['listeners.a.tls.client.mode'] }],
])('Traefik asks for certificates whatever a client calls the host: %j', (listeners, expected) =>
  expect(traefikWith(listeners)).toMatchObject({ ...expected, ownOptions: [] }),
);

test('Caddy makes certificates where a listener has none, beside one that has its own', async () => {
  const directory = temporaryDirectory();
  const own = await certificateFiles(await newAuthority(), directory, 'api.test');
  const [first, second] = await Promise.all([freePort(), freePort()]);
  const config = configSchema.parse({
    version: 1,
    listeners: {
      own: { address: `127.0.0.1:${first}`, tls: { certificates: [own] } },
      made: { address: `127.0.0.1:${second}`, tls: { local: true } },
    },
    routes: [{ name: 'all', respond: { status: 200, body: 'here' } }],
  });
  const caddy = await startPeer('caddy', exportConfig(config, 'caddy').text, first);
  onTestFinished(() => caddy.stop());
  for (const port of [first, second]) {
    const servername = 'api.test';
    const socket = connectSecurely({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
    expect(await answerOn(socket, '')).toMatch(/here$/);
  }
});
