import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A port of loopback that nobody listens on, now and while other tests run: it is none that systems give away. */
export const CLOSED_PORT = 1;

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
