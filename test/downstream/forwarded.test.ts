import { describe, expect, it, onTestFinished } from 'vitest';
import { readForwarded } from '../../proxy-engine/downstream/forwarded.ts';
import { Networks } from '../../proxy-engine/downstream/networks.ts';
import { Headers } from '../../proxy-engine/http/headers.ts';
import { send, startBackend } from '../support/backend.ts';
import { portOf, recorded, runConfig } from '../support/engine.ts';
import { temporaryDirectory } from '../support/tls.ts';

const trusted = new Networks(['10.0.0.0/8', '::1']);

describe('what trusted proxies tell', () => {
  it.each<[lines: [string, string][], ip: string | null, scheme: string | null]>([
    [[], null, null],
    [[['X-Forwarded-For', '203.0.113.7']], '203.0.113.7', null],
    [[['X-Forwarded-For', '198.51.100.1, 203.0.113.7, 10.0.0.2']], '203.0.113.7', null],
    [[['X-Forwarded-For', '10.0.0.9, 10.0.0.2']], '10.0.0.9', null],
    [
      [
        ['X-Forwarded-For', '1.1.1.1'],
        ['X-Forwarded-For', '203.0.113.7'],
      ],
      '203.0.113.7',
      null,
    ],
    [[['X-Forwarded-For', '203.0.113.7:5000']], '203.0.113.7', null],
    [[['X-Forwarded-For', '[2001:db8::1]:443']], '2001:db8::1', null],
    [[['X-Forwarded-For', 'nonsense, 10.0.0.2']], '10.0.0.2', null],
    [[['X-Forwarded-For', 'unknown']], null, null],
    [[['X-Forwarded-Proto', 'https']], null, 'https'],
    [[['X-Forwarded-Proto', 'http, HTTPS']], null, 'https'],
    [[['X-Forwarded-Proto', 'gopher']], null, null],
    [[['Forwarded', 'for=192.0.2.60;proto=http;by=10.0.0.1']], '192.0.2.60', 'http'],
    [[['Forwarded', 'for="[2001:db8:cafe::17]:4711";proto=https, for=10.0.0.3']], '2001:db8:cafe::17', null],
    [[['Forwarded', 'for=_hidden']], null, null],
  ])('%j: %s over %s', (lines, ip, scheme) => {
    expect(readForwarded(Headers.of(lines), trusted)).toEqual({ ip, scheme });
  });
});

describe('a listener', () => {
  async function gateway(trustedProxies: string[]) {
    const backend = await startBackend('a');
    const engine = await runConfig(
      {
        listeners: { gateway: { address: '127.0.0.1:0', trustedProxies } },
        routes: [{ name: 'all', pool: 'p' }],
        pools: { p: { backends: [{ url: backend.url }] } },
      },
      temporaryDirectory(),
    );
    onTestFinished(async () => {
      await engine.close(0);
      await backend.close();
    });
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'site.test' };
    const { text } = await send(`127.0.0.1:${portOf(engine, 'gateway')}`, '/', { headers });
    const { client, scheme } = await recorded(engine);
    return { sent: JSON.parse(text).headers, client: client.address, scheme };
  }

  it('believes X-Forwarded-* of trusted proxies and adds the proxy', async () => {
    expect(await gateway(['127.0.0.1'])).toMatchObject({
      client: '203.0.113.7',
      scheme: 'https',
      sent: {
        'x-forwarded-for': '203.0.113.7, 127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'site.test',
      },
    });
  });

  it('believes nobody else, and still passes on what they said', async () => {
    expect(await gateway([])).toMatchObject({
      client: '127.0.0.1',
      scheme: 'http',
      sent: {
        'x-forwarded-for': '203.0.113.7, 127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': expect.stringMatching(/^127\.0\.0\.1:/),
      },
    });
  });
});
