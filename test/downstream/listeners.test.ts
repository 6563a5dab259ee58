/** Listeners across configs: addresses change hands while clients are there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../proxy-engine/config-error.ts';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import type { Engine } from '../../proxy-engine/engine.ts';
import { applyConfig, portOf, runConfig } from '../support/engine.ts';
import { freePort, OWN_HOST } from '../support/free-port.ts';
import { temporaryDirectory } from '../support/tls.ts';

type Listeners = NonNullable<ConfigDocument['listeners']>;

/** Each listener answers with its name. */
function documentOf(listeners: Listeners): Omit<ConfigDocument, 'version'> {
  const routes = [{ name: 'all', respond: { status: 200, body: '$listener' } }];
  return { listeners, routes };
}

async function run(listeners: Listeners): Promise<Engine> {
  const engine = await runConfig(documentOf(listeners), temporaryDirectory());
  onTestFinished(() => engine.close(0));
  return engine;
}

const apply = (engine: Engine, listeners: Listeners) => applyConfig(engine, documentOf(listeners), '.');

function ask(port: number, host = '127.0.0.1', agent: Agent | false = false): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host, port, path: '/', agent }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString())).once('end', () => resolve(text));
    }).once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code)));
  });
}

/** Asks on new connections without pause until it is stopped; answers what came, other than an answer first. */
function keepAsking(port: number): { stop(): Promise<string[]> } {
  let stopped = false;
  const wrong: string[] = [];
  const clients = Array.from({ length: 8 }, async () => {
    while (!stopped) await ask(port).catch((error: Error) => wrong.push(error.message));
  });
  return {
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return wrong;
    },
  };
}

const QUEUED = 50;

/**
 * Clients of another process connect and ask while this process, and the engine with it, stands still: all of them wait in the
 * queue of the system. Resolves to the first line of what each gets.
 */
async function fillQueue(port: number): Promise<{ outcomes: Promise<string[]> }> {
  const connectedFile = join(temporaryDirectory(), 'connected');
  const program = join(import.meta.dirname, '../support/queue-client.mjs');
  const child = spawn(process.execPath, [program, String(port), String(QUEUED), connectedFile]);
  onTestFinished(() => void child.kill());
  await once(child.stdout, 'data');
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const outcomes = once(child, 'exit').then(() => JSON.parse(text) as string[]);
  child.stdin.write('go');
  const still = new Int32Array(new SharedArrayBuffer(4));
  // A client may take itself for connected before the system has put it into the queue.
  for (const end = Date.now() + 30_000; !existsSync(connectedFile) || queued(port) < QUEUED; ) {
    Atomics.wait(still, 0, 0, 5);
    if (Date.now() > end) throw new Error(`only ${queued(port)} of ${QUEUED} came into the queue of the system`);
  }
  return { outcomes };
}

/** Connections in the queues of those that listen at that port of 127.0.0.1 (proc(5): `rx_queue`). */
function queued(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listening = new RegExp(`${local} 00000000:0000 0A [0-9A-F]+:([0-9A-F]+)`, 'g');
  const lengths = [...readFileSync('/proc/net/tcp', 'latin1').matchAll(listening)];
  return lengths.reduce((sum, [, length = '0']) => sum + Number.parseInt(length, 16), 0);
}

const ANSWERED = Array(QUEUED).fill('HTTP/1.1 200 OK');

test('those who wait in the queue of the system are answered when the listener moves', async () => {
  const engine = await run({ a: { address: '127.0.0.1:0' } });
  const { outcomes } = await fillQueue(portOf(engine, 'a'));
  await apply(engine, { a: { address: `${OWN_HOST}:0` } });
  expect(await outcomes).toEqual(ANSWERED);
});

test('and when the engine ends', async () => {
  const engine = await run({ a: { address: '127.0.0.1:0' } });
  const { outcomes } = await fillQueue(portOf(engine, 'a'));
  await engine.close(10_000);
  expect(await outcomes).toEqual(ANSWERED);
});

test('another name for the same address: nobody is refused, and new requests know the new name', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const engine = await run({ before: { address } });
  const port = portOf(engine, 'before');
  const asking = keepAsking(port);
  for (let i = 0; i < 20; i++) await apply(engine, { [`name-${i}`]: { address } });
  expect(await asking.stop()).toEqual([]);
  expect(await ask(port)).toBe('name-19');
});

test('two listeners change their addresses', async () => {
  const [one, two] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const engine = await run({ a: { address: one }, b: { address: two } });
  const ports = [portOf(engine, 'a'), portOf(engine, 'b')];
  await apply(engine, { a: { address: two }, b: { address: one } });
  expect(await Promise.all(ports.map((port) => ask(port)))).toEqual(['b', 'a']);
});

test('port 0 stays with its name', async () => {
  const address = '127.0.0.1:0';
  const engine = await run({ b: { address } });
  const port = portOf(engine, 'b');
  await apply(engine, { a: { address }, b: { address } });
  expect(portOf(engine, 'b')).toBe(port);
  expect(portOf(engine, 'a')).not.toBe(port);
});

test('from loopback to all addresses on the same port, and back: who is connected stays so', async () => {
  const port = await freePort('0.0.0.0');
  const [loopback, all] = [`127.0.0.1:${port}`, `0.0.0.0:${port}`];
  const engine = await run({ proxy: { address: loopback } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await ask(port, '127.0.0.1', agent)).toBe('proxy');
  await expect(ask(port, OWN_HOST)).rejects.toThrow('ECONNREFUSED');
  await apply(engine, { proxy: { address: all, allowRemote: true } });
  expect(await ask(port, '127.0.0.1', agent)).toBe('proxy');
  expect(await ask(port, OWN_HOST)).toBe('proxy');
  await apply(engine, { proxy: { address: loopback } });
  expect(await ask(port)).toBe('proxy');
  await expect(ask(port, OWN_HOST)).rejects.toThrow('ECONNREFUSED');
});

test('from loopback to all addresses and back, five times: nobody is refused or cut', async () => {
  const port = await freePort('0.0.0.0');
  const [loopback, all] = [`127.0.0.1:${port}`, `0.0.0.0:${port}`];
  const engine = await run({ proxy: { address: loopback } });
  const asking = keepAsking(port);
  for (let i = 0; i < 5; i++) {
    await apply(engine, { wide: { address: all, allowRemote: true } });
    expect([await ask(port), await ask(port, OWN_HOST)]).toEqual(['wide', 'wide']);
    await apply(engine, { narrow: { address: loopback } });
    expect(await ask(port)).toBe('narrow');
    await expect(ask(port, OWN_HOST)).rejects.toThrow('ECONNREFUSED');
  }
  expect(await asking.stop()).toEqual([]);
});

test('one of all addresses and one of them on the same port: each gets its own, whichever came first', async () => {
  const port = await freePort('0.0.0.0');
  const [loopback, all] = [`127.0.0.1:${port}`, `0.0.0.0:${port}`];
  const engine = await run({ one: { address: loopback } });
  await apply(engine, { every: { address: all, allowRemote: true } });
  await apply(engine, { every: { address: all, allowRemote: true }, one: { address: loopback } });
  const heard = () => Promise.all([...Array(8).keys()].map(() => ask(port)));
  expect([...new Set(await heard()), await ask(port, OWN_HOST)]).toEqual(['one', 'every']);
  await apply(engine, { every: { address: all, allowRemote: true } });
  expect([...new Set(await heard()), await ask(port, OWN_HOST)]).toEqual(['every', 'every']);
});

test('a config that cannot have one of its addresses takes none away, not even one that was handed over', async () => {
  const port = await freePort('0.0.0.0');
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void taken.close());
  const { port: takenPort } = taken.address() as { port: number };
  const engine = await run({ proxy: { address: `127.0.0.1:${port}` } });
  const wanted = {
    proxy: { address: `0.0.0.0:${port}`, allowRemote: true },
    other: { address: `127.0.0.1:${takenPort}` },
  };
  await expect(apply(engine, wanted)).rejects.toThrow(ConfigError);
  expect(await ask(port)).toBe('proxy');
  await expect(ask(port, OWN_HOST)).rejects.toThrow('ECONNREFUSED');
});
