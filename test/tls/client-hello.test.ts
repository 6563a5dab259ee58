import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { parseClientHello } from '../../proxy-engine/tls/client-hello.ts';

/** What Node sends first with these options. */
async function hello(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...options });
  client.on('error', () => {});
  const bytes = await new Promise<Buffer>((resolve) =>
    server.once('connection', (socket) => socket.on('error', () => {}).once('data', resolve)),
  );
  client.destroy();
  server.close();
  return bytes;
}

describe('a ClientHello', () => {
  it('tells name, protocols and ciphers', async () => {
    const bytes = await hello({
      servername: 'API.test',
      ALPNProtocols: ['h2', 'http/1.1'],
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
    });
    expect(parseClientHello(bytes)).toEqual({
      serverName: 'api.test',
      alpn: ['h2', 'http/1.1'],
      ciphers: expect.stringContaining('c02b'),
    });
  });

  it('may name nobody', async () => {
    expect(parseClientHello(await hello({}))).toMatchObject({ serverName: null, alpn: [] });
  });

  it('is incomplete at every byte before its end', async () => {
    const bytes = await hello({ servername: 'a.test' });
    for (let length = 0; length < bytes.length; length++)
      expect(parseClientHello(bytes.subarray(0, length))).toBe('incomplete');
  });

  it('may be cut into records', async () => {
    const bytes = await hello({ servername: 'cut.test' });
    const message = bytes.subarray(5);
    const record = (part: Buffer) => Buffer.concat([Buffer.of(0x16, 3, 1, part.length >> 8, part.length & 0xff), part]);
    const cut = Buffer.concat([
      record(message.subarray(0, 3)),
      record(message.subarray(3, 70)),
      record(message.subarray(70)),
    ]);
    expect(parseClientHello(cut)).toMatchObject({ serverName: 'cut.test' });
  });

  it.each<[what: string, bytes: number[]]>([
    ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n')]],
    ['a ServerHello', [0x16, 3, 3, 0, 4, 2, 0, 0, 0]],
    ['one that is longer than any', [0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]],
    ['lengths beyond its end', [0x16, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]],
  ])('is none: %s', (_what, bytes) => {
    expect(parseClientHello(Buffer.from(bytes))).toBeNull();
  });
});
