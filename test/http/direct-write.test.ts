/** Text and bytes go to the connection itself; what the system does not take at once is held by the stream as any write is. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { writeDirectly } from '../../proxy-engine/http/direct-write.ts';
import { Outbox } from '../../proxy-engine/http/outbox.ts';
import { emittingReads } from '../../proxy-engine/http/read-buffers.ts';
import { until } from '../support/until.ts';

/** More than the system takes without a reader. */
const MUCH = 'abcdefghijklmnop'.repeat(1024 ** 2);

async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const near: Socket = connect({ port, host: '127.0.0.1', onread: emittingReads(() => near) });
  const [far] = (await once(server, 'connection')) as [Socket];
  if (near.connecting) await once(near, 'connect');
  for (const socket of [near, far]) socket.on('error', () => {});
  onTestFinished(() => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return { near, far };
}

/** The first write of all shows how it is done: it goes the usual way. */
async function learned(near: Socket): Promise<void> {
  if (!writeDirectly(near, '<', () => false)) near.write('<', 'latin1');
  await until(() => near.writableLength === 0);
}

async function textOf(far: Socket): Promise<string> {
  let text = '';
  far.setEncoding('latin1').on('data', (chunk) => (text += chunk));
  far.resume();
  await once(far, 'end');
  return text;
}

const KINDS: [string, (text: string) => string | Buffer][] = [
  ['text', (text) => text],
  ['bytes', (text) => Buffer.from(text, 'latin1')],
];

test.each(KINDS)('%s that the system takes is out, and the stream knows nothing of it', async (_, as) => {
  const { near, far } = await pair();
  await learned(near);
  const before = near.bytesWritten;
  expect(writeDirectly(near, as('caf\xe9'), () => false)).toBe(true);
  expect([near.writableLength, near.bytesWritten - before]).toEqual([0, 4]);
  near.end();
  expect(await textOf(far)).toBe('<caf\xe9');
});

test.each(KINDS)(
  '%s that it does not take waits in the stream: length, drain, order and end are those of any write',
  async (_, as) => {
    const { near, far } = await pair();
    await learned(near);
    expect(writeDirectly(near, as(MUCH), () => false)).toBe(true);
    expect(near.writableLength).toBeGreaterThan(0);
    expect(near.writableNeedDrain).toBe(true);
    expect(writeDirectly(near, 'later', () => false)).toBe(false);
    near.write('later');
    const drained = once(near, 'drain');
    const text = textOf(far);
    await drained;
    expect(writeDirectly(near, '>', () => false)).toBe(true);
    near.end();
    expect((await text) === `<${MUCH}later>`).toBe(true);
  },
);

test.each([
  ['destroys the socket', false],
  ['is borne where it is to be', true],
])('a reset while it waits %s', async (_, isBorne) => {
  const { near, far } = await pair();
  await learned(near);
  near.pause(); // who reads hears of it by reading, too
  const errors: unknown[] = [];
  near.on('error', (error) => errors.push(error));
  const borne: unknown[] = [];
  writeDirectly(near, MUCH, (error) => borne.push(error) > 0 && isBorne);
  far.resetAndDestroy();
  await until(() => borne.length > 0);
  expect(borne).toMatchObject([{ syscall: 'write', code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) }]);
  if (isBorne) expect([near.destroyed, errors]).toEqual([false, []]);
  else await until(() => near.destroyed && errors[0] === borne[0]);
});

test('a socket that is destroyed while it waits closes without an error', async () => {
  const { near } = await pair();
  await learned(near);
  const asked: unknown[] = [];
  near.on('error', (error) => asked.push(error));
  writeDirectly(near, MUCH, (error) => asked.push(error) > 0);
  near.destroy();
  await once(near, 'close');
  expect(asked).toEqual([]);
});

test('an outbox says whether its socket is slow, and goes on in order', async () => {
  const { near, far } = await pair();
  await learned(near);
  const outbox = new Outbox(near);
  outbox.bytes(Buffer.from(MUCH));
  expect(outbox.flush()).toBe(false);
  outbox.text('text');
  outbox.bytes(Buffer.from('small'));
  outbox.bytes(Buffer.alloc(5000, 'x'));
  outbox.text('end');
  outbox.send();
  near.end();
  expect((await textOf(far)) === `<${MUCH}textsmall${'x'.repeat(5000)}end`).toBe(true);
});

test('a closed socket takes nothing', async () => {
  const { near } = await pair();
  await learned(near);
  near.destroy();
  expect(writeDirectly(near, 'a', () => false)).toBe(false);
});

test('the request of a write whose end is still to be told is not used for another one', async () => {
  const { near } = await pair();
  await learned(near);
  const used: { getAsyncId(): number }[] = [];
  let isPending = false;
  const taken = {
    writeQueueSize: 0,
    writeLatin1String(request: { getAsyncId(): number }): number {
      used.push(request);
      if (isPending) request.getAsyncId = () => 1;
      return 0;
    },
  };
  const socket = { _handle: taken, writable: true, writableLength: 0 } as unknown as Socket;
  for (isPending of [false, true, false, false]) expect(writeDirectly(socket, 'a', () => false)).toBe(true);
  expect(used.map((request) => used.indexOf(request))).toEqual([0, 0, 2, 2]);
});
