import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { browserArguments } from '../../../proxy-engine/host/browser/launch-browser.ts';
import { openAuthority } from '../../../proxy-engine/tls/authority.ts';
import { LeafCertificates } from '../../../proxy-engine/tls/leaf-certificate.ts';
import { portOf, recorded, runConfig } from '../../support/engine.ts';
import { newAuthority, temporaryDirectory } from '../../support/tls.ts';

it('opens Chromium so that intercepted pages are seen and trusted, also those of localhost', async () => {
  const trusted = await newAuthority();
  const server = createServer(await new LeafCertificates(trusted).issue(['localhost']), (_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<title>of the origin</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: origin } = server.address() as AddressInfo;
  const directory = temporaryDirectory();
  const { spkiHash } = await openAuthority(join(directory, 'authority'));
  const engine = await runConfig(
    {
      listeners: {
        proxy: { address: '127.0.0.1:0', mode: 'forward', intercept: 'host = localhost or host = site.test' },
      },
      routes: [{ name: 'all', match: 'host = localhost or host = site.test', pool: 'origin' }],
      pools: { origin: { backends: [{ url: `https://localhost:${origin}` }], tls: { ca: [trusted.certificateFile] } } },
    },
    directory,
  );
  const proxy = `127.0.0.1:${portOf(engine, 'proxy')}`;
  const profile = join(directory, 'profile');
  const args = browserArguments({ proxy, secureProxy: false, spkiHash, url: 'about:blank' }, profile);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    args: args.filter((arg) => !arg.startsWith('--user-data-dir') && arg.startsWith('--')),
  });
  onTestFinished(async () => {
    await context.close();
    await engine.close(0);
    server.closeAllConnections();
    server.close();
  });
  const page = await context.newPage();
  for (const url of ['https://site.test/of-a-name', `https://localhost:${origin}/of-this-machine`]) {
    await page.goto(url);
    expect(await page.title()).toBe('of the origin');
    expect(await recorded(engine, ({ path }) => path === new URL(url).pathname)).toMatchObject({
      method: 'GET',
      scheme: 'https',
      status: 200,
    });
  }
});
