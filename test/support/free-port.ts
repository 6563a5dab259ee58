import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';

/** Below those that Linux gives to whoever connects: who got the port that it asks for would connect to itself. */
const HELD_FROM = 10_000;

/** A port of 127.0.0.1 that nobody listens on, as long as this process runs: its own end of a connection has it. */
export const CLOSED_PORT = await heldPort();

async function heldPort(): Promise<number> {
  const server = createServer((socket) => void socket.unref()).unref();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  for (let localPort = HELD_FROM + (process.pid % 20_000); ; localPort++) {
    const socket = connect({ host: '127.0.0.1', port, localPort });
    if (!(await once(socket, 'connect').catch(() => null))) continue;
    socket.unref();
    server.close();
    return localPort;
  }
}

/** An address of loopback that no other test process uses: a port of it that was free stays free. */
export const OWN_HOST = `127.${77 + (process.pid >> 16)}.${(process.pid >> 8) & 0xff}.${process.pid & 0xff || 1}`;

/** A port of `host` that nobody listens on; it stays free unless another program takes it first. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
