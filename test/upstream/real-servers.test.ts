/** nginx, HAProxy and Python’s own server as backends, in clear and over TLS, by HTTP/1.0, 1.1 and 2. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send } from '../support/backend.ts';
import { portOf, recorded, runConfig } from '../support/engine.ts';
import { freePort } from '../support/free-port.ts';
import { type OtherProxy, startHaproxy, startNginx } from '../support/other-proxies.ts';
import { certificateFiles, clientCertificate, newAuthority, temporaryDirectory } from '../support/tls.ts';
import { until } from '../support/until.ts';

interface RealServer {
  clear: string;
  secure: string;
  /** File of the authority that vouches for it. */
  ca: string;
}

const LARGE = 'x'.repeat(2_000_000);

async function certificates() {
  const [authority, directory] = [await newAuthority(), temporaryDirectory()];
  return { directory, ca: authority.certificateFile, ...(await certificateFiles(authority, directory, '127.0.0.1')) };
}

function closeLater(server: OtherProxy): OtherProxy {
  onTestFinished(() => server.close());
  return server;
}

/** Tells protocol, host and client certificate; `/large` is a file. */
async function nginx(verifyClients = ''): Promise<RealServer> {
  const { directory, ca, cert, key } = await certificates();
  writeFileSync(join(directory, 'large'), LARGE);
  const secure = `127.0.0.1:${await freePort()}`;
  const verify = verifyClients && `ssl_client_certificate ${verifyClients}; ssl_verify_client on;`;
  const { address } = closeLater(
    await startNginx(
      '',
      `listen ${secure} ssl http2; ssl_certificate ${cert}; ssl_certificate_key ${key}; ${verify}
       location / { return 200 "$server_protocol $host $ssl_client_s_dn"; }
       location /large { root ${directory}; }`,
    ),
  );
  return { clear: address, secure, ca };
}

async function haproxy(verifyClients = ''): Promise<RealServer> {
  const { directory, ca, cert, key } = await certificates();
  const both = join(directory, 'both.pem');
  writeFileSync(both, `${readFileSync(cert, 'utf8')}${readFileSync(key, 'utf8')}`);
  const secure = `127.0.0.1:${await freePort()}`;
  const { address } = closeLater(
    await startHaproxy(`frontend f
  bind ADDRESS
  bind ${secure} ssl crt ${both} alpn h2,http/1.1 ${verifyClients && `verify required ca-file ${verifyClients}`}
  http-request return status 200 content-type text/plain lf-string "HTTP/%[req.ver] %[req.hdr(host),host_only] "`),
  );
  return { clear: address, secure, ca };
}

async function ask(url: string, pool: object, path = '/') {
  const engine = await runConfig(
    {
      listeners: { gateway: { address: '127.0.0.1:0' } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: { p: { backends: [{ name: 'real', url }], ...pool } },
    },
    temporaryDirectory(),
  );
  onTestFinished(() => engine.close(0));
  const answer = await send(`127.0.0.1:${portOf(engine, 'gateway')}`, path, { headers: { host: 'site.test' } });
  return { answer, exchange: await recorded(engine) };
}

describe.each([
  ['nginx', nginx],
  ['HAProxy', haproxy],
] as const)('%s as a backend', (_name, start) => {
  it.each<[how: string, secure: boolean, protocol: string, told: string]>([
    ['in clear', false, 'auto', 'HTTP/1.1'],
    ['over TLS, by what it chooses', true, 'auto', 'HTTP/2.0'],
    ['over TLS by HTTP/1.1', true, 'http1', 'HTTP/1.1'],
    ['over TLS by HTTP/2', true, 'http2', 'HTTP/2.0'],
  ])('answers %s', async (_how, secure, protocol, told) => {
    const server = await start();
    const url = secure ? `https://${server.secure}` : `http://${server.clear}`;
    const { answer } = await ask(url, { protocol, tls: { ca: [server.ca] } });
    expect([answer.status, answer.text.trim()]).toEqual([200, `${told} site.test`]);
  });

  it('is refused when its authority is not known', async () => {
    const { answer, exchange } = await ask(`https://${(await start()).secure}`, { protocol: 'auto' });
    expect([answer.status, exchange.error?.code]).toEqual([502, 'TLS_FAILED']);
  });
});

describe('HAProxy that verifies its clients', () => {
  it.each(['http1', 'http2'])('says by %s what it wants', async (protocol) => {
    const [known, stranger] = await Promise.all(
      ['known', 'stranger'].map((name) => clientCertificate(temporaryDirectory(), name)),
    );
    const server = await haproxy(known?.ca);
    const url = `https://${server.secure}`;
    const identities = [{}, { cert: stranger?.cert, key: stranger?.key }, { cert: known?.cert, key: known?.key }];
    const said: string[] = [];
    for (const identity of identities)
      said.push((await ask(url, { protocol, tls: { ca: [server.ca], ...identity } })).answer.text);
    expect(said).toEqual([
      expect.stringContaining('it wants a client certificate; give tls.cert and tls.key'),
      expect.stringContaining('it does not know the authority of the client certificate'),
      expect.stringContaining('site.test'),
    ]);
  });
});

describe('nginx', () => {
  it.each(['http1', 'http2'])('gets the client certificate by %s', async (protocol) => {
    const client = await clientCertificate(temporaryDirectory(), 'switchyard');
    const server = await nginx(client.ca);
    const tls = { ca: [server.ca], cert: client.cert, key: client.key };
    const { answer } = await ask(`https://${server.secure}`, { protocol, tls });
    expect(answer.text).toMatch(/ site\.test CN=switchyard$/);
  });

  it.each([false, true])('sends a large file whole (TLS: %s)', async (secure) => {
    const server = await nginx();
    const url = secure ? `https://${server.secure}` : `http://${server.clear}`;
    const { answer } = await ask(url, { tls: { ca: [server.ca] } }, '/large');
    expect(answer.text === LARGE).toBe(true);
  });
});

describe('Python’s http.server', () => {
  async function python(): Promise<string> {
    const [directory, port] = [temporaryDirectory(), await freePort()];
    writeFileSync(join(directory, 'page.txt'), 'of Python');
    const args = ['-m', 'http.server', String(port), '--bind', '127.0.0.1', '--directory', directory];
    const child: ChildProcess = spawn('/usr/bin/python3', args, { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    await until(
      () =>
        send(`127.0.0.1:${port}`, '/').then(
          () => true,
          () => false,
        ),
      'http.server',
    );
    return `http://127.0.0.1:${port}`;
  }

  it('answers by HTTP/1.0, and its connection is not used again', async () => {
    const { answer, exchange } = await ask(await python(), {}, '/page.txt');
    expect([answer.status, answer.text]).toEqual([200, 'of Python']);
    expect(exchange.attempts).toMatchObject([{ outcome: 'answered', reused: false }]);
  });
});
