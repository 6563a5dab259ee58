import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBackend } from '../support/backend.ts';
import { portOf, recorded, recordedRows, runConfig } from '../support/engine.ts';
import { sendRaw } from '../support/raw.ts';
import { run, temporaryDirectory } from '../support/tls.ts';

async function gateway(listener: object): Promise<{ engine: Awaited<ReturnType<typeof runConfig>>; port: number }> {
  const backend = await startBackend('a');
  onTestFinished(() => backend.close());
  const engine = await runConfig(
    {
      listeners: {
        gateway: { address: '127.0.0.1:0', proxyProtocol: true, trustedProxies: ['127.0.0.1'], ...listener },
      },
      routes: [{ name: 'all', pool: 'p' }],
      pools: { p: { backends: [{ url: backend.url }] } },
    },
    temporaryDirectory(),
  );
  onTestFinished(() => engine.close(0));
  return { engine, port: portOf(engine, 'gateway') };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
const V1 = 'PROXY TCP4 203.0.113.7 127.0.0.1 51000 80\r\n';

describe('the PROXY protocol on a listener', () => {
  it('tells who the client is, from curl', async () => {
    const { engine, port } = await gateway({});
    const { stdout } = await run('curl', ['-sS', '--haproxy-protocol', `http://127.0.0.1:${port}/`]);
    expect(JSON.parse(stdout).headers['x-forwarded-for']).toBe('127.0.0.1');
    const { client } = await recorded(engine);
    expect(client.address).toBe('127.0.0.1');
  });

  it('comes before TLS', async () => {
    const { engine, port } = await gateway({ tls: { local: true } });
    await run('curl', [
      '-sSk',
      '--haproxy-protocol',
      `https://localhost:${port}/`,
      '--resolve',
      `localhost:${port}:127.0.0.1`,
    ]);
    expect(await recorded(engine)).toMatchObject({ status: 200, scheme: 'https' });
  });

  it.each<[what: string, bytes: string, status: string, address: string]>([
    ['version 1', V1 + REQUEST, '200', '203.0.113.7'],
    ['a balancer that speaks for itself', `PROXY UNKNOWN\r\n${REQUEST}`, '200', '127.0.0.1'],
  ])('%s', async (_what, bytes, status, address) => {
    const { engine, port } = await gateway({});
    const { text } = await sendRaw(port, bytes, () => false);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await recorded(engine)).client.address).toBe(address);
  });

  it.each<[what: string, bytes: string]>([
    ['no header at all', REQUEST],
    ['a broken one', `PROXY TCP4 nonsense\r\n${REQUEST}`],
  ])('closes on %s', async (_what, bytes) => {
    const { engine, port } = await gateway({});
    expect(await sendRaw(port, bytes, () => false)).toEqual({ text: '', closed: true });
    expect((await recorded(engine)).error).toMatchObject({ code: 'BAD_REQUEST', source: 'client' });
  });

  it('is not believed of others', async () => {
    const { port } = await gateway({ trustedProxies: ['10.0.0.0/8'] });
    const { text } = await sendRaw(port, V1 + REQUEST, () => false);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is no request of whoever has reset the connection before it was accepted, as TCP checks of HAProxy do', async () => {
    const { engine, port } = await gateway({});
    resetMeanwhile(port, V1);
    await sendRaw(port, V1 + REQUEST, () => false);
    await recorded(engine);
    expect((await recordedRows(engine)).map(({ status }) => status)).toEqual([200]);
  });
});

/** While this process can accept nothing, somebody connects, sends `bytes` and resets. */
function resetMeanwhile(port: number, bytes: string): void {
  const script = `const s = require('net').connect(${port}, '127.0.0.1', () => s.write(${JSON.stringify(bytes)}, () => s.resetAndDestroy()))`;
  execFileSync(process.execPath, ['-e', script]);
}
