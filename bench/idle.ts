/** Connections that are kept and say nothing: what each costs in memory. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackends } from './backends.ts';
import { nginx } from './peers/debian.ts';
import { type Peer, present } from './peers/peer.ts';
import { switchyard } from './peers/switchyard.ts';
import { residentMiB } from './process-tree.ts';
import { figure, table } from './table.ts';

const PORT = 9311;
const CONNECTIONS = 10_000;
/** Opened at a time: the queue of a listener is not endless. */
const AT_ONCE = 250;

export async function runIdle(): Promise<void> {
  console.log(`\nidle: ${CONNECTIONS} connections that have asked once and stay; resident memory of the process tree`);
  const backends = await startBackends();
  const rows: string[][] = [];
  try {
    for (const peer of await present([nginx(), switchyard({ capture: true, rules: 20 })]))
      rows.push(await measure(peer));
  } finally {
    await backends.stop();
  }
  console.log(table(['', 'before MiB', 'with MiB', 'more MiB', 'KiB each'], rows));
}

async function measure(peer: Peer): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-peer-'));
  const running = await peer.start(dir, PORT);
  const sockets: Socket[] = [];
  try {
    const before = residentMiB(running.pid);
    while (sockets.length < CONNECTIONS)
      sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => openAndAsk()))));
    await sleep(1000);
    const more = residentMiB(running.pid) - before;
    return [peer.name, ...[before, before + more, more, (more * 1024) / CONNECTIONS].map(figure)];
  } finally {
    for (const socket of sockets) socket.destroy();
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function openAndAsk(): Promise<Socket> {
  const socket = connect({ port: PORT, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  return socket;
}
