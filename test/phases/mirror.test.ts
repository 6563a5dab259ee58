import { expect, test } from 'vitest';
import type { ClientEvents } from '../../proxy-engine/downstream/client-stream.ts';
import { ReadBuffers, wasSent } from '../../proxy-engine/http/read-buffers.ts';
import { copyExchange, Mirror } from '../../proxy-engine/phases/mirror.ts';
import { forwardedHeaders } from '../../proxy-engine/upstream/forward-headers.ts';
import { poolConfig } from '../support/backends.ts';
import { heldMessage } from '../support/exchanges.ts';

const MIB = 1024 ** 2;

/** A mirror whose backend takes nothing, and what its walk has heard. */
function stuck() {
  const heard: string[] = [];
  const walk: ClientEvents = {
    onStart() {},
    onRequestBody: ({ length }) => heard.push(`body ${length}`),
    onRequestEnd: () => heard.push('end'),
    onClientError: ({ code, source }) => heard.push(`${code} ${source}`),
    onClientSilent() {},
    onClientDrain() {},
    onClientTurnEnd() {},
  };
  const mirror = new Mirror(() => walk);
  mirror.pause();
  return { mirror, heard };
}

test('one MiB waits for a slow mirror and goes out when it takes it', () => {
  const { mirror, heard } = stuck();
  mirror.add(Buffer.alloc(MIB));
  mirror.finish();
  expect(heard).toEqual([]);
  mirror.resume();
  expect(heard).toEqual([`body ${MIB}`, 'end']);
});

test('a byte more, and the copy is given up by us; nothing of it goes out any more', () => {
  const { mirror, heard } = stuck();
  mirror.add(Buffer.alloc(MIB));
  mirror.add(Buffer.alloc(1));
  mirror.resume();
  mirror.add(Buffer.alloc(1));
  mirror.finish();
  expect(heard).toEqual(['MIRROR_GIVEN_UP proxy']);
});

test('what waits for a slow mirror is not read over, although the original has sent it', () => {
  const { mirror, heard } = stuck();
  const reads = new ReadBuffers((chunk) => {
    mirror.add(chunk);
    wasSent(chunk);
    return true;
  });
  const memory = Buffer.alloc(64 * 1024);
  reads.callback(memory.length, memory);
  const next = reads.buffer();
  expect([next.length, next === memory]).toEqual([memory.length, false]);
  mirror.resume();
  expect(heard).toEqual([`body ${memory.length}`]);
});

test('a mirror that stops taking in the turn that brought the end of the body hears of that end once', () => {
  const { mirror, heard } = stuck();
  mirror.resume();
  mirror.add(Buffer.alloc(MIB));
  mirror.finish();
  mirror.pause();
  mirror.resume();
  expect(heard).toEqual([`body ${MIB}`, 'end']);
});

test('the copy of what came by a trusted proxy tells the same of its way', () => {
  const lines: [string, string][] = [
    ['X-Forwarded-For', '192.0.2.9'],
    ['X-Forwarded-Host', 'shop.test'],
  ];
  const { exchange } = heldMessage({ headers: lines });
  Object.assign(exchange, { peerIp: '10.0.0.1', trustsPeer: true });
  const { forwarded } = poolConfig({ backends: [{ url: 'http://127.0.0.1:1' }] });
  const toldBy = (of: typeof exchange) => {
    const headers = forwardedHeaders(of, { config: forwarded, preserveHost: true, backendAddress: 'b:1' });
    return [headers.get('x-forwarded-for'), headers.get('x-forwarded-host')];
  };
  expect(toldBy(copyExchange(exchange, 2, 0))).toEqual(['192.0.2.9, 10.0.0.1', 'shop.test']);
});
