/** `switchyard run --workers 2`: one engine of two threads, which is what one of one thread is. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { HeldDetail } from '../../proxy-engine/contract/breakpoint.ts';
import type { ConfigDocument } from '../../proxy-engine/contract/config.ts';
import type { DrillReport } from '../../proxy-engine/contract/drill.ts';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import type { BackendStatus, EngineState } from '../../proxy-engine/contract/state.ts';
import { SHARED_SOCKETS } from '../../proxy-engine/downstream/ear.ts';
import { type Reply, send } from '../support/backend.ts';
import { startProcesses } from '../support/mortal-processes.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';
import { until } from '../support/until.ts';
import { KEY } from '../support/websocket-key.mjs';
import { startWrk } from '../support/wrk.ts';

type Pool = NonNullable<ConfigDocument['pools']>[string];
type Document = Omit<ConfigDocument, 'version'>;

const documentOf = (pool: Pool, more: Document = {}): Document => ({
  listeners: { gateway: { address: '127.0.0.1:0' } },
  routes: [{ name: 'all', pool: 'p' }],
  pools: { p: pool },
  ...more,
});

const textOf = (document: Document) => JSON.stringify({ version: 1, ...document });

async function run(document: Document): Promise<Switchyard & { address: string; state(): Promise<EngineState> }> {
  const switchyard = await runSwitchyard(textOf(document), { workers: 2, drain: '5s' });
  onTestFinished(async () => void (await switchyard.close()));
  const { gateway: address = '' } = switchyard.listeners;
  return { ...switchyard, address, state: () => callSwitchyard<EngineState>(switchyard, 'state.get') };
}

async function setUp(names: string, pool: Partial<Pool> = {}, more: Document = {}) {
  const processes = await startProcesses(names);
  const switchyard = await run(documentOf({ backends: processes.backends, ...pool } as Pool, more));
  const backend = async (name: string) =>
    (await switchyard.state()).pools[0]?.backends.find((one) => one.name === name) as BackendStatus;
  return { ...processes, switchyard, address: switchyard.address, backend };
}

/** Each on a connection of its own, so that the system shares them out over the threads. */
const sendMany = (address: string, count: number): Promise<Reply[]> =>
  Promise.all(Array.from({ length: count }, () => send(address)));

const namesOf = (replies: readonly Reply[]) => replies.map(({ text }) => text);
const countOf = (texts: readonly string[], text: string) => texts.filter((one) => one === text).length;

/** Sockets that listen at that port of 127.0.0.1 (proc(5)). */
function listening(address: string): number {
  const port = Number(address.split(':').at(-1)).toString(16).toUpperCase().padStart(4, '0');
  return (
    readFileSync('/proc/net/tcp', 'latin1').match(new RegExp(`0100007F:${port} 00000000:0000 0A`, 'g'))?.length ?? 0
  );
}

async function rowsOf(switchyard: Switchyard, count: number): Promise<ExchangeRow[]> {
  let rows: ExchangeRow[] = [];
  await until(async () => {
    const input = { from: 0, limit: 1000, order: 'asc' };
    ({ rows } = await callSwitchyard<{ rows: ExchangeRow[] }>(switchyard, 'exchanges.query', input));
    return rows.length >= count;
  }, `${count} recorded exchanges`);
  return rows;
}

test('both threads accept; backends have their shares; everything is recorded once, in order, and counted', async () => {
  const { switchyard, address } = await setUp('abc');
  expect(listening(address)).toBe(2 * SHARED_SOCKETS);
  const names = namesOf(await sendMany(address, 120));
  // Each thread goes round by itself.
  for (const name of 'abc') expect(Math.abs(countOf(names, name) - 40)).toBeLessThanOrEqual(2);

  const rows = await rowsOf(switchyard, 120);
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  await until(async () => (await switchyard.state()).routes[0]?.hits === 120);
  const { pools, capture } = await switchyard.state();
  expect(pools[0]?.backends.reduce((sum, { requests }) => sum + requests, 0)).toBe(120);
  expect(capture.exchanges).toBe(120);
  const metrics = await (await fetch(new URL('/metrics', switchyard.ui))).text();
  expect(metrics).toContain('switchyard_exchanges_total{listener="gateway",route="all",pool="p",status="2xx"} 120\n');
  expect(metrics).toContain('switchyard_exchanges_in_flight 0\n');
});

test('what any thread has carried is there for who asks next', async () => {
  const { switchyard, address } = await setUp('a');
  for (let sent = 1; sent <= 10; sent++) {
    await send(address);
    expect((await callSwitchyard<{ total: number }>(switchyard, 'exchanges.query', {})).total).toBe(sent);
    const metrics = await (await fetch(new URL('/metrics', switchyard.ui))).text();
    expect(metrics).toContain(`switchyard_backend_requests_total{pool="p",backend="a"} ${sent}\n`);
  }
});

test('a backend that is taken out gets nothing from any thread once the command is answered', async () => {
  const { switchyard, address } = await setUp('ab');
  await callSwitchyard(switchyard, 'backend.setState', { pool: 'p', backend: 'a', state: 'maint' });
  expect(new Set(namesOf(await sendMany(address, 40)))).toEqual(new Set(['b']));
  await callSwitchyard(switchyard, 'backend.setState', { pool: 'p', backend: 'a', state: 'ready' });
  await callSwitchyard(switchyard, 'backend.setWeight', { pool: 'p', backend: 'b', weight: 0 });
  expect(new Set(namesOf(await sendMany(address, 40)))).toEqual(new Set(['a']));
});

test('a fault holds in all threads, and its end as well', async () => {
  const { switchyard, address } = await setUp('a', { retry: { attempts: 1 }, ejection: false });
  await callSwitchyard(switchyard, 'backend.setFault', {
    pool: 'p',
    backend: 'a',
    fault: { status: 418, errorPercent: 100 },
  });
  expect((await sendMany(address, 40)).map(({ status }) => status)).toEqual(Array(40).fill(418));
  await callSwitchyard(switchyard, 'backend.setFault', { pool: 'p', backend: 'a', fault: { reset: 'head' } });
  expect((await sendMany(address, 40)).map(({ status }) => status)).toEqual(Array(40).fill(502));
  await callSwitchyard(switchyard, 'backend.setFault', { pool: 'p', backend: 'a', fault: null });
  expect((await sendMany(address, 40)).map(({ status }) => status)).toEqual(Array(40).fill(200));
  const metrics = async () => (await fetch(new URL('/metrics', switchyard.ui))).text();
  await until(async () => (await metrics()).includes('{pool="p",backend="a",reason="FAULT_RESET"} 40\n'));
  for (const [status, count] of Object.entries({ '4xx': 40, '5xx': 40 }))
    expect(await metrics()).toContain(
      `switchyard_exchanges_with_fault_total{listener="gateway",route="all",pool="p",status="${status}"} ${count}\n`,
    );
});

test('a backend is killed under load: no client notices; it is ejected everywhere, and returns', async () => {
  const { address, backend, kill, restart } = await setUp('abc', { ejection: { consecutiveFailures: 3 } });
  const load = startWrk(`http://${address}/`, 32);
  await until(async () => (await backend('a')).requests > 100);
  await kill('a');
  await until(async () => (await backend('a')).ejectedUntil !== undefined);
  expect((await backend('a')).reason).toMatch(/^ejected/);
  await restart('a');
  await until(async () => (await backend('a')).available);
  const { requests, failed, socketErrors } = await load.stop();
  expect(requests).toBeGreaterThan(100);
  expect({ failed, socketErrors }).toEqual({ failed: 0, socketErrors: 0 });
});

test('a config is swapped under load of new connections: none is refused or cut, and all threads go by it at once', async () => {
  const { switchyard, address, backends } = await setUp('ab');
  const answers: Promise<Reply>[] = [];
  let over = false;
  const load = (async () => {
    while (!over) {
      answers.push(...Array.from({ length: 4 }, () => send(address)));
      await answers.at(-1);
    }
  })();
  for (const [i, backend] of [...backends, ...backends].entries()) {
    const text = textOf(documentOf({ backends: [backend] }));
    if (i % 2 === 0) await callSwitchyard(switchyard, 'config.apply', { text });
    else {
      // Whole at every moment: its watcher may read it at any.
      writeFileSync(`${switchyard.configFile}.new`, text);
      renameSync(`${switchyard.configFile}.new`, switchyard.configFile);
      switchyard.signal('SIGHUP');
      await until(async () => (await switchyard.state()).pools[0]?.backends[0]?.name === backend.name);
    }
    if (i % 2 === 0) expect(new Set(namesOf(await sendMany(address, 20)))).toEqual(new Set([backend.name]));
  }
  over = true;
  await load;
  expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([200]));
});

test('a listener takes the port of another, goes, and comes back; all threads do', async () => {
  const { switchyard, address, backends } = await setUp('a');
  const everywhere = address.replace('127.0.0.1', '0.0.0.0');
  const steps: NonNullable<Document['listeners']>[] = [
    { renamed: { address: everywhere, allowRemote: true } },
    { gateway: { address }, other: { address: '127.0.0.1:0' } },
    { other: { address: '127.0.0.1:0' } },
    { gateway: { address } },
  ];
  for (const listeners of steps) {
    const text = textOf({ ...documentOf({ backends }), listeners });
    await callSwitchyard(switchyard, 'config.apply', { text });
    const isThere = Object.values(listeners).some((one) => one.address.endsWith(address.split(':')[1] as string));
    // What listened there goes on when it is for all addresses: nobody is refused in between.
    await until(() => listening(address) === (isThere ? 2 * SHARED_SOCKETS : 0));
    if (isThere) expect(namesOf(await sendMany(address, 20))).toEqual(Array(20).fill('a'));
    else await expect(send(address)).rejects.toThrow('ECONNREFUSED');
  }
});

test('a config that one of the threads cannot run changes nothing in any', async () => {
  const { switchyard, address } = await setUp('a');
  const text = textOf(documentOf({ backends: [{ url: 'http://127.0.0.1:1' }], connections: { perBackend: 1 } }));
  await expect(callSwitchyard(switchyard, 'config.apply', { text })).rejects.toThrow('not supported with --workers');
  expect(new Set(namesOf(await sendMany(address, 20)))).toEqual(new Set(['a']));
});

test('SIGTERM: what all threads have begun is finished, and recorded', async () => {
  const { switchyard, address } = await setUp('a', {}, { rules: [{ name: 'late', response: [{ delay: '400ms' }] }] });
  const replies = sendMany(address, 20);
  await until(async () => (await switchyard.state()).pools[0]?.backends[0]?.requests === 20);
  switchyard.signal('SIGTERM');
  expect((await replies).map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(await switchyard.exited).toBe(0);
});

test('limits.connections is the limit of all threads together', async () => {
  const listenersAt = (address: string) => ({ listeners: { gateway: { address, limits: { connections: 5 } } } });
  const { switchyard, address, backends } = await setUp('a', {}, listenersAt('127.0.0.1:0'));
  const sockets = await Promise.all(Array.from({ length: 5 }, () => keptOpen(address)));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  const refused = async () => (await sendMany(address, 8)).every(({ status }) => status === 503);
  expect(await refused()).toBe(true);
  // The port that the system chose is written down.
  const text = textOf(documentOf({ backends } as Pool, listenersAt(address)));
  await callSwitchyard(switchyard, 'config.apply', { text });
  expect(await refused()).toBe(true);
  sockets[0]?.destroy();
  await until(async () => (await send(address)).status === 200);
});

/** A connection on which one request was answered. */
function keptOpen(address: string): Promise<Socket> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host, () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  return new Promise((resolve, reject) => {
    socket.once('data', () => resolve(socket));
    socket.once('error', reject);
  });
}

test('the limit of a rule is the limit of all threads together, also after a reload', async () => {
  const rules = [{ name: 'few', limit: { requests: '1/m' } }] as Document['rules'];
  const { switchyard, address, backends } = await setUp('a', {}, { rules });
  const statuses = (await sendMany(address, 20)).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, ...Array(19).fill(429)]);
  await callSwitchyard(switchyard, 'config.apply', { text: textOf(documentOf({ backends }, { rules })) });
  expect((await sendMany(address, 20)).map(({ status }) => status)).toEqual(Array(20).fill(429));
});

test('exchanges of all threads wait for the same room, and each gets it', async () => {
  const { address } = await setUp('a', { connections: { maxInFlight: 1, queue: 100 } });
  expect((await sendMany(address, 40)).map(({ status }) => status)).toEqual(Array(40).fill(200));
});

test('a session of TLS is taken up again by whichever thread the client comes to', async () => {
  const gateway = { address: '127.0.0.1:0', tls: { local: true } };
  const answer = { name: 'all', respond: { status: 200, body: 'x' } };
  const { address } = await run({ listeners: { gateway }, routes: [answer] });
  const options = {
    host: '127.0.0.1',
    port: Number(address.split(':')[1]),
    servername: 'site.test',
    rejectUnauthorized: false,
  };
  const begun = connectTls(options);
  const session = await new Promise<Buffer>((resolve) => begun.once('session', resolve));
  begun.destroy();
  const isResumed = async () => {
    const again = connectTls({ ...options, session });
    await once(again, 'secureConnect');
    const isReused = again.isSessionReused();
    again.destroy();
    return isReused;
  };
  expect(await Promise.all(Array.from({ length: 12 }, isResumed))).toEqual(Array(12).fill(true));
});

test('a pool whose connections cannot be divided among the threads is refused at the start', async () => {
  const pool = { backends: [{ url: 'http://127.0.0.1:1' }], connections: { perBackend: 1 } };
  await expect(runSwitchyard(textOf(documentOf(pool)), { workers: 2 })).rejects.toThrow(
    'pools.p.connections.perBackend: not supported with --workers',
  );
});

test('a person sees what all threads hold, and decides about it', async () => {
  const rules = [{ name: 'held', request: [{ breakpoint: true as const }] }];
  const { switchyard, address } = await setUp('a', {}, { rules });
  const replies = sendMany(address, 12);
  await until(async () => (await switchyard.state()).breakpoints.held.length === 12, '12 held requests');
  for (const { id } of (await switchyard.state()).breakpoints.held) {
    const { request } = await callSwitchyard<HeldDetail>(switchyard, 'breakpoint.get', { id });
    expect(request.method).toBe('GET');
    const wrong = { id, action: 'continue', edits: { method: 'no method' } };
    await expect(callSwitchyard(switchyard, 'breakpoint.resume', wrong)).rejects.toThrow('not a method');
    const edits = { status: 200, body: { text: `answer ${id}` } };
    await callSwitchyard(switchyard, 'breakpoint.resume', { id, action: 'respond', edits });
  }
  expect(namesOf(await replies).toSorted()).toEqual(Array.from({ length: 12 }, (_, i) => `answer ${i + 1}`).toSorted());
  await until(async () => (await switchyard.state()).breakpoints.held.length === 0);
});

test('the next exchange that a person waits for is one, whichever thread carries it', async () => {
  const { switchyard, address } = await setUp('a');
  for (let round = 0; round < 3; round++) {
    await callSwitchyard(switchyard, 'breakpoint.next', { match: 'path = /', phase: 'request' });
    const replies = sendMany(address, 12);
    await until(async () => (await switchyard.state()).breakpoints.held.length > 0, 'a held request');
    const { held, next } = (await switchyard.state()).breakpoints;
    expect([held.length, next]).toEqual([1, null]);
    await callSwitchyard(switchyard, 'breakpoint.resume', { id: held[0]?.id, action: 'continue' });
    expect(namesOf(await replies)).toEqual(Array(12).fill('a'));
  }
});

test('a drill sees what all threads do', async () => {
  const { switchyard, address } = await setUp('abc', { retry: { budgetPercent: 100 } });
  const drill = [
    'version: 1',
    `load: { url: 'http://${address}/', rate: 100/s, connections: 16, timeout: 60s }`,
    'timeline:',
    '  - { at: 500ms, backend: p/a, state: maint }',
    '  - { at: 1s, backend: p/b, fault: { reset: head, percent: 50 } }',
    '  - { at: 1500ms, backend: p/b, fault: null }',
    'duration: 2s',
    'expect:',
    '  - failed = 0',
    '  - count(backend in (a, b, c)) = 200',
    '  - count(status = 200) = 200',
  ].join('\n');
  const { id } = await callSwitchyard<{ id: string }>(switchyard, 'drill.start', { text: drill });
  let report: DrillReport | undefined;
  await until(async () => {
    report = await callSwitchyard<DrillReport>(switchyard, 'drill.get', { id });
    return report.outcome !== 'running';
  }, 'the end of the drill');
  expect(report).toMatchObject({ outcome: 'passed', totals: { requests: 200, failed: 0 }, failures: [] });
  expect(report?.verdicts.filter(({ passed }) => !passed)).toEqual([]);
});

test('a port that another engine has is taken, though its threads share it', async () => {
  const { address } = await setUp('a');
  const document = documentOf({ backends: [{ url: 'http://127.0.0.1:1' }] }, { listeners: { gateway: { address } } });
  await expect(runSwitchyard(textOf(document), { workers: 2 })).rejects.toThrow(`${address} is taken (EADDRINUSE)`);
});

test('what goes on in any thread is shown as far as it is: bodies that grow, messages of WebSockets', async () => {
  const { switchyard, address } = await setUp('a');
  const sockets = await Promise.all(Array.from({ length: 8 }, () => webSocket(address)));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  // A text of two bytes, masked with zeros, and its echo.
  for (const socket of sockets) socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
  await until(async () => {
    const rows = await rowsOf(switchyard, 8);
    return rows.every((row) => row.durationMs === undefined && row.requestSizeBytes === 8 && row.responseSizeBytes > 0);
  }, 'the sizes of all open WebSockets');
  for (const { id } of await rowsOf(switchyard, 8))
    await until(async () => (await messagesOf(switchyard, id)) >= 1, `the messages of exchange ${id}`);
});

async function messagesOf(switchyard: Switchyard, id: number): Promise<number> {
  const input = { id, from: 0, limit: 10 };
  return (await callSwitchyard<{ total: number }>(switchyard, 'exchange.messages', input)).total;
}

function webSocket(address: string): Promise<Socket> {
  const [host = '', port] = address.split(':');
  const lines = [
    'GET /socket HTTP/1.1',
    `Host: ${address}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${KEY}`,
    'Sec-WebSocket-Version: 13',
  ];
  const socket = connect(Number(port), host, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
  return new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => {
      if (data.toString('latin1').startsWith('HTTP/1.1 101')) resolve(socket);
      else reject(new Error(data.toString('latin1')));
    });
    socket.once('error', reject);
  });
}

test('scripts, mirrors and edits of bodies are done for all threads', async () => {
  const processes = await startProcesses('ab');
  const [a, b] = processes.backends;
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-workers-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const script = join(directory, 'script.js');
  writeFileSync(
    script,
    "let calls = 0; function onResponse({ response }) { response.headers.set('x-call', String(++calls)); }",
  );
  const switchyard = await run({
    listeners: { gateway: { address: '127.0.0.1:0' } },
    routes: [{ name: 'all', pool: 'p', mirror: { pool: 'copies', percent: 100 } }],
    pools: { p: { backends: [a as { url: string }] }, copies: { backends: [b as { url: string }] } },
    rules: [
      { name: 'script', response: [{ script }] },
      { name: 'body', response: [{ body: { replace: 'a', with: 'edited' } }] },
    ],
  });
  const replies = await sendMany(switchyard.address, 24);
  expect(replies.map(({ text }) => text)).toEqual(Array(24).fill('edited'));
  // The variables of a script are those of all threads.
  const calls = replies.map(({ headers }) => Number(headers['x-call'])).toSorted((one, other) => one - other);
  expect(calls).toEqual(Array.from({ length: 24 }, (_, i) => i + 1));
  await until(async () => (await switchyard.state()).pools[1]?.backends[0]?.requests === 24, 'all copies');
});
