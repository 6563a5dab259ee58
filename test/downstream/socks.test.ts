import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as openTcp } from 'node:net';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  SOCKS_REPLY,
  SocksHandshake,
  type SocksOutcome,
  socksReply,
  socksReplyFor,
} from '../../proxy-engine/downstream/socks.ts';
import { startEngine } from '../support/engine.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const name = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')]).toString('hex');

function talk(chunks: Buffer[]): { sent: string; outcome: SocksOutcome | null } {
  const handshake = new SocksHandshake();
  let sent = '';
  for (const chunk of chunks) {
    const step = handshake.feed(chunk);
    sent += step.bytes.toString('hex');
    if (step.outcome) return { sent, outcome: step.outcome };
  }
  return { sent, outcome: null };
}

const connect = (host: string, port: number, rest = '') => ({ kind: 'connect', host, port, rest: bytes(rest) });
const refused = { kind: 'refused' };

describe('a handshake', () => {
  it.each<[what: string, hex: string, sent: string, outcome: object | null]>([
    ['by name', `050100 050100 03 ${name('Example.test')} 01bb`, '0500', connect('example.test', 443)],
    ['by IPv4', '050100 05010001 c0000201 0050', '0500', connect('192.0.2.1', 80)],
    ['by IPv6', '050100 05010004 20010db8000000000000000000000001 0050', '0500', connect('2001:db8::1', 80)],
    ['by an address written as a name', `050100 05010003 ${name('::1')} 0050`, '0500', connect('::1', 80)],
    ['with authentication on offer', '05020200 05010001 7f000001 0050', '0500', connect('127.0.0.1', 80)],
    ['with early data', '050100 05010001 7f000001 0050 474554', '0500', connect('127.0.0.1', 80, '474554')],
    ['not begun', '', '', null],
    ['of one byte', '05', '', null],
    ['half a greeting', '0502 00', '', null],
    ['a greeting alone', '0501 00', '0500', null],
    ['half a name', '050100 05010003 0c6578', '0500', null],
    ['half a port', '050100 05010001 7f000001 00', '0500', null],
    ['SOCKS4', '0401 0050 7f000001 00', '', refused],
    ['HTTP', '474554', '', refused],
    ['no methods', '0500', '05ff', refused],
    ['only authentication', '050102', '05ff', refused],
    ['another version in the request', '050100 04010001 7f000001 0050', '0500 05010001 00000000 0000', refused],
    ['BIND', '050100 05020001 7f000001 0050', '0500 05070001 00000000 0000', refused],
    ['UDP ASSOCIATE', '050100 05030001 00000000 0000', '0500 05070001 00000000 0000', refused],
    ['an unknown type of address', '050100 05010002 7f000001 0050', '0500 05080001 00000000 0000', refused],
    ['an empty name', '050100 05010003 00 0050 00', '0500 05080001 00000000 0000', refused],
    ['port 0', '050100 05010001 7f000001 0000', '0500 05010001 00000000 0000', refused],
    ['a name with a NUL', `050100 05010003 ${name('a\0b')} 0050`, '0500 05010001 00000000 0000', refused],
    ['a name with a line break', `050100 05010003 ${name('a\r\nb')} 0050`, '0500 05010001 00000000 0000', refused],
    ['a name with a port', `050100 05010003 ${name('a:80')} 0050`, '0500 05010001 00000000 0000', refused],
    ['a name with credentials', `050100 05010003 ${name('u@a')} 0050`, '0500 05010001 00000000 0000', refused],
  ])('%s', (_, hex, sent, outcome) => {
    const whole = talk([bytes(hex)]);
    const bytewise = talk([...bytes(hex)].map((byte) => Buffer.of(byte)));
    expect(whole.sent).toBe(sent.replaceAll(' ', ''));
    expect(bytewise.sent).toBe(whole.sent);
    if (outcome) expect(whole.outcome).toMatchObject(outcome);
    else expect(whole.outcome).toBeNull();
    expect(bytewise.outcome?.kind).toBe(whole.outcome?.kind);
  });

  it('never throws and ends within 520 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 520, maxLength: 600 }), fc.boolean(), (tail, greeted) => {
        const input = greeted ? Buffer.concat([bytes('050100 0501 00'), tail]) : Buffer.from(tail);
        expect(talk([input]).outcome).not.toBeNull();
      }),
      { seed: 20_261_129 },
    );
  });
});

it.each([
  ['CONNECT_REFUSED', SOCKS_REPLY.refused],
  ['DNS_FAILED', SOCKS_REPLY.hostUnreachable],
  ['CONNECT_TIMEOUT', SOCKS_REPLY.ttlExpired],
  ['LOOP', SOCKS_REPLY.notAllowed],
  ['RESET', SOCKS_REPLY.failure],
] as const)('%s is told as %i', (code, reply) => expect(socksReplyFor(code)).toBe(reply));

describe('curl', () => {
  /** Accepts SOCKS5 and answers itself, `reply` permitting. */
  async function socksServer(reply: Parameters<typeof socksReply>[0]): Promise<{ port: number; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((socket) => {
      const handshake = new SocksHandshake();
      const onData = (chunk: Buffer) => {
        const { bytes: answer, outcome } = handshake.feed(chunk);
        socket.write(answer);
        if (outcome?.kind !== 'connect') return;
        asked.push(`${outcome.host}:${outcome.port}`);
        socket.off('data', onData).write(socksReply(reply));
        if (reply !== SOCKS_REPLY.succeeded) socket.end();
        else socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'));
      };
      socket.on('data', onData).on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, asked };
  }
  const curl = (scheme: string, port: number, url: string) =>
    promisify(execFile)('curl', ['-sS', '--max-time', '60', '--proxy', `${scheme}://127.0.0.1:${port}`, url]);

  it.each([
    ['socks5h', 'http://api.example.test/', 'api.example.test:80'],
    ['socks5h', 'http://[::1]:8080/', '::1:8080'],
    ['socks5', 'http://127.0.0.1:81/', '127.0.0.1:81'],
  ])('%s %s asks for %s', async (scheme, url, expected) => {
    const { port, asked } = await socksServer(SOCKS_REPLY.succeeded);
    expect((await curl(scheme, port, url)).stdout).toBe('hello');
    expect(asked).toEqual([expected]);
  });

  it('understands a refusal', async () => {
    const { port } = await socksServer(SOCKS_REPLY.refused);
    await expect(curl('socks5h', port, 'http://a.test/')).rejects.toThrow(/\(5\)|refused/i);
  });
});

describe('a client that leaves in the middle of its handshake is no connection any more', () => {
  it.each([
    ['its greeting', '05 01 00', true],
    ['half a greeting', '05 02 00', false],
    ['half a request', '05 01 00 05 01 00 03 09 6c', true],
  ])('after %s', async (_what, said, isAnswered) => {
    const { engine, port, close } = await startEngine([CLOSED_PORT], {
      clock: new FakeClock(),
      listener: { mode: 'forward' },
    });
    onTestFinished(close);
    const has = async (connections: number) =>
      new RegExp(`listener_connections\\{[^}]*\\} ${connections}$`, 'm').test(await engine.metrics());
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const client = openTcp(port, '127.0.0.1');
      client.on('error', () => {}).write(bytes(said));
      if (isAnswered) expect(String(await once(client, 'data'))).toBe('\x05\0');
      await until(() => has(1), 'it to be counted');
      client[leave]();
      await until(() => has(0), `the end after ${leave}`);
    }
  });
});
