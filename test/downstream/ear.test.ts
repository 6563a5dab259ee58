import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { splitAddress } from '../../proxy-engine/downstream/address.ts';
import { Ear } from '../../proxy-engine/downstream/ear.ts';
import { temporaryDirectory } from '../support/tls.ts';

/** An ear that says `hello` to whoever is let in. */
async function openEar({ shared = false } = {}) {
  const ear = await Ear.open('127.0.0.1:0', shared);
  onTestFinished(() => ear.destroy());
  const admitted: (Socket | null)[] = [];
  ear.belongsTo((socket) => {
    admitted.push(socket);
    socket.end('hello');
  });
  return { ear, admitted, port: splitAddress(ear.address).port };
}

function client(port: number): { socket: Socket; heard: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (text = error.code ?? ''));
  return { socket, heard: new Promise((resolve) => socket.once('close', () => resolve(text))) };
}

test('who comes before it belongs to somebody waits, and is let go when it never will', async () => {
  const [taken, given] = [await Ear.open('127.0.0.1:0', false), await Ear.open('127.0.0.1:0', false)];
  onTestFinished(() => taken.destroy());
  const clients = [taken, given].map(({ address }) => client(splitAddress(address).port));
  await Promise.all(clients.map(({ socket }) => once(socket, 'connect')));
  // What the system has accepted is heard a turn later.
  for (let turns = 0; turns < 20; turns++) await setImmediate();
  taken.belongsTo((socket) => socket.end('hello'));
  given.destroy();
  expect(await Promise.all(clients.map(({ heard }) => heard))).toEqual(['hello', '']);
});

test('who comes while it closes is let in when it has closed', async () => {
  const { ear, admitted, port } = await openEar();
  expect(await client(port).heard).toBe('hello');
  const closed = ear.close();
  const late = client(port);
  await once(late.socket, 'connect');
  late.socket.write('at once');
  expect(admitted).toHaveLength(1);
  await closed;
  expect(admitted).toHaveLength(2);
  expect(await late.heard).toBe('hello');
  expect(await client(port).heard).toBe('ECONNREFUSED');
});

test('where several sockets may listen, a crowd is let in within few turns of the event loop', async () => {
  const { admitted, port } = await openEar({ shared: true });
  const clients = Array.from({ length: 320 }, () => client(port));
  let turns = 0;
  for (; admitted.length < clients.length; turns++) await setImmediate();
  expect(turns).toBeLessThan(160);
  expect(new Set(await Promise.all(clients.map(({ heard }) => heard)))).toEqual(new Set(['hello']));
});

test('who has left by then is not', async () => {
  const { ear, admitted, port } = await openEar();
  await client(port).heard;
  const closed = Promise.all([ear.close(), ear.close()]);
  const late = client(port);
  await once(late.socket, 'connect');
  late.socket.resetAndDestroy();
  await closed;
  expect(admitted).toHaveLength(1);
});

test('who is in the queue of the system is let in', async () => {
  const program = join(import.meta.dirname, '../support/closing-ear.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, '10', temporaryDirectory()]);
  expect(JSON.parse(stdout)).toEqual(['hello']);
});

test('without pause, clients with a connection for each request are answered or refused, never reset', async () => {
  const { ear, port } = await openEar();
  const heard: string[] = [];
  const clients = Array.from({ length: 16 }, async () => {
    while (heard.at(-1) !== 'ECONNREFUSED') heard.push(await client(port).heard);
  });
  await expect.poll(() => heard.length).toBeGreaterThan(100);
  await ear.close();
  await Promise.all(clients);
  expect([...new Set(heard)].toSorted()).toEqual(['ECONNREFUSED', 'hello']);
});
