import { readFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Authority } from '../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../proxy-engine/tls/leaf-certificate.ts';
import { send } from '../support/backend.ts';
import { portOf, recorded, runConfig } from '../support/engine.ts';
import { clientCertificate, newAuthority, selfSigned, temporaryDirectory } from '../support/tls.ts';

/** An https origin that tells who its client is and whether the session was resumed. */
async function httpsBackend(options: ServerOptions): Promise<number> {
  const server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket;
    const subject = socket.getPeerX509Certificate()?.subject;
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ subject, resumed: socket.isSessionReused(), name: socket.servername }));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function certificateFor(authority: Authority, ...hosts: [string, ...string[]]) {
  return new LeafCertificates(authority).issue(hosts);
}

/** The address of a gateway in front of one https backend. */
async function gateway(port: number, tls: object) {
  const engine = await runConfig(
    {
      listeners: { gateway: { address: '127.0.0.1:0' } },
      routes: [{ name: 'all', pool: 'p' }],
      pools: { p: { backends: [{ name: 'a', url: `https://127.0.0.1:${port}` }], tls } },
    },
    temporaryDirectory(),
  );
  onTestFinished(() => engine.close(0));
  return { engine, address: `127.0.0.1:${portOf(engine, 'gateway')}` };
}

describe('an https backend', () => {
  it('is verified against tls.ca, and its session is taken up again', async () => {
    const authority = await newAuthority();
    const port = await httpsBackend(await certificateFor(authority, 'api.internal'));
    const { address } = await gateway(port, { ca: [authority.certificateFile], serverName: 'api.internal' });
    const first = await send(address);
    const second = await send(address);
    expect([first.status, JSON.parse(first.text)]).toEqual([200, { resumed: false, name: 'api.internal' }]);
    expect(JSON.parse(second.text)).toMatchObject({ resumed: true });
  });

  it('gets the client certificate of the pool', async () => {
    const directory = temporaryDirectory();
    const [authority, client] = [await newAuthority(), await clientCertificate(directory, 'switchyard')];
    const port = await httpsBackend({
      ...(await certificateFor(authority, '127.0.0.1')),
      requestCert: true,
      ca: readFileSync(client.ca),
    });
    const { address } = await gateway(port, { ca: [authority.certificateFile], cert: client.cert, key: client.key });
    expect(JSON.parse((await send(address)).text)).toMatchObject({ subject: 'CN=switchyard' });
  });

  it.each<[what: string, host: string, tls: object, reason: RegExp]>([
    ['of an authority nobody knows', '127.0.0.1', {}, /authority that is not trusted; give that authority as tls\.ca/],
    [
      'for another name',
      'other.test',
      { ca: true },
      /its certificate is for other\.test, not for 127\.0\.0\.1; set tls\.serverName/,
    ],
  ])('with a certificate %s is refused, and the reason told', async (_what, host, tls: { ca?: boolean }, reason) => {
    const authority = await newAuthority();
    const port = await httpsBackend(await certificateFor(authority, host as 'x'));
    const { engine, address } = await gateway(port, tls.ca ? { ca: [authority.certificateFile] } : {});
    const answer = await send(address);
    expect(answer.status).toBe(502);
    expect(answer.text).toMatch(reason);
    expect(await recorded(engine)).toMatchObject({ error: { code: 'TLS_FAILED', source: 'backend' } });
  });

  it('with a self-signed certificate is refused, unless verify is false', async () => {
    const port = await httpsBackend(await selfSigned('/CN=self'));
    const refused = await send((await gateway(port, {})).address);
    expect([refused.status, refused.text]).toEqual([502, expect.stringContaining('self-signed')]);
    expect((await send((await gateway(port, { verify: false })).address)).status).toBe(200);
  });

  it('that wants a certificate which the pool does not have says so', async () => {
    const directory = temporaryDirectory();
    const [authority, client] = [await newAuthority(), await clientCertificate(directory, 'switchyard')];
    const port = await httpsBackend({
      ...(await certificateFor(authority, '127.0.0.1')),
      requestCert: true,
      rejectUnauthorized: true,
      ca: readFileSync(client.ca),
    });
    const { address } = await gateway(port, { ca: [authority.certificateFile] });
    const answer = await send(address);
    expect([answer.status, answer.text]).toEqual([502, expect.stringMatching(/TLS failed|reset/)]);
  });

  it('that speaks no TLS is told apart', async () => {
    const { createServer: createTcp } = await import('node:net');
    const server = createTcp((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { address } = await gateway((server.address() as AddressInfo).port, {});
    const answer = await send(address);
    expect([answer.status, answer.text]).toEqual([502, expect.stringContaining('does not speak TLS on this port')]);
  });
});
