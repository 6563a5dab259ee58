/** What comes to a forward listener may not go on to the control port, by whatever way and name. */
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { recorded, startEngine } from '../support/engine.ts';
import { CLOSED_PORT } from '../support/free-port.ts';
import { sendRaw } from '../support/raw.ts';
import { runSwitchyard } from '../support/switchyard.ts';

describe.each([1, 2])('with %i threads', (workers) => {
  test('a forward listener does not lead to it', async () => {
    const switchyard = await runSwitchyard(
      `version: 1\nlisteners: { p: { address: '127.0.0.1:0', mode: forward } }\n`,
      {
        workers,
      },
    );
    onTestFinished(async () => void (await switchyard.close()));
    const proxy = Number(switchyard.listeners.p?.split(':')[1]);
    const port = new URL(switchyard.ui).port;
    const ask = async (head: string) =>
      (await sendRaw(proxy, `${head}\r\n\r\n`, (text) => text.includes('itself'))).text;
    // Enough for the system to give each thread some.
    for (let i = 0; i < 4; i++) {
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
        expect(await ask(`GET http://${host}/metrics HTTP/1.1\r\nHost: ${host}`)).toMatch(/^HTTP\/1\.1 508 [^]*itself/);
        expect(await ask(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}`)).toMatch(/^HTTP\/1\.1 508 [^]*itself/);
      }
      expect(await askSocks(proxy, Number(port))).toEqual([5, 2]);
    }
  });
});

/** Version and reply of SOCKS5 to a CONNECT to that port of 127.0.0.1. */
function askSocks(proxy: number, port: number): Promise<number[]> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const socket = connect(proxy, '127.0.0.1', () => {
      socket.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255]));
    });
    socket.on('data', (data) => {
      bytes = Buffer.concat([bytes, data]);
      if (bytes.length < 4) return;
      socket.destroy();
      resolve([...bytes.subarray(2, 4)]);
    });
  });
}

test('nor does a route of a reverse one, or a name that leads there', async () => {
  const { engine, port, close } = await startEngine([CLOSED_PORT]);
  onTestFinished(close);
  engine.reserve(`127.0.0.1:${CLOSED_PORT}`);
  await sendRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', (text) => text.includes('itself'));
  expect(await recorded(engine)).toMatchObject({ status: 508, error: { code: 'LOOP' } });
});
