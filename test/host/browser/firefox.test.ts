import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openAuthority } from '../../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../../proxy-engine/tls/leaf-certificate.ts';
import { portOf, recorded, runConfig } from '../../support/engine.ts';
import { newAuthority, run, temporaryDirectory } from '../../support/tls.ts';

/** A profile that goes through the proxy, quiet, and trusts the certificate in `ca` as a person would have it do. */
async function profile(directory: string, port: number, ca: string): Promise<string> {
  const path = join(directory, 'profile');
  mkdirSync(path);
  const preferences = {
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': port,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': port,
    'network.proxy.allow_hijacking_localhost': true,
    'browser.shell.checkDefaultBrowser': false,
    'browser.aboutwelcome.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
    'app.normandy.enabled': false,
    'app.update.auto': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'services.settings.server': 'data:,',
  };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  writeFileSync(join(path, 'user.js'), lines.join('\n'));
  await run('certutil', ['-N', '-d', `sql:${path}`, '--empty-password']);
  await run('certutil', ['-A', '-d', `sql:${path}`, '-t', 'C,,', '-n', 'switchyard', '-i', ca]);
  return path;
}

it('Firefox goes through interception with the authority in its profile', async () => {
  const trusted = await newAuthority();
  const server = createServer(await new LeafCertificates(trusted).issue(['localhost']), (_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>of the origin</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = temporaryDirectory();
  const { certificateFile } = await openAuthority(join(directory, 'authority'));
  const engine = await runConfig(
    {
      listeners: { proxy: { address: '127.0.0.1:0', mode: 'forward', intercept: 'host = site.test' } },
      routes: [{ name: 'site', match: 'host = site.test', pool: 'origin' }],
      pools: {
        origin: {
          backends: [{ url: `https://localhost:${(server.address() as AddressInfo).port}` }],
          tls: { ca: [trusted.certificateFile] },
        },
      },
    },
    directory,
  );
  const path = await profile(directory, portOf(engine, 'proxy'), certificateFile);
  const firefox = execFile(
    'firefox-esr',
    ['--headless', '--no-remote', '--profile', path, 'https://site.test/firefox'],
    {
      env: { ...process.env, HOME: directory },
    },
  );
  const ended = new Promise((resolve) => firefox.once('exit', resolve));
  onTestFinished(async () => {
    firefox.kill('SIGKILL');
    await ended;
    await engine.close(0);
    server.closeAllConnections();
    server.close();
  });
  expect(await recorded(engine, (row) => row.path === '/firefox', 90_000)).toMatchObject({
    method: 'GET',
    scheme: 'https',
    status: 200,
    host: 'site.test',
    tls: { serverName: 'site.test' },
  });
}, 180_000);
