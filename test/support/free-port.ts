import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux gives to whoever connects, or listens at any: nobody comes upon one of these by chance. */
const FIRST = 10_000;
const COUNT = 20_000;
let next = (process.pid * 17) % COUNT;

/** An address of loopback that no other test process uses. */
export const OWN_HOST = `127.${77 + (process.pid >> 16)}.${(process.pid >> 8) & 0xff}.${process.pid & 0xff || 1}`;

/** A port of 127.0.0.1 that nobody listens on, as long as this process runs. */
export const CLOSED_PORT = await freePort();

/** A port of `host` that nobody listens on; no other test gets it as long as this process runs. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = FIRST + (next++ % COUNT);
    if ((await claim(port)) && (await isFree(port, host))) return port;
  }
}

/** Whoever has the UDP port of the same number may use it: the system gives that to one process, and takes it back at its end. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  return once(socket, 'listening').then(
    () => true,
    () => {
      socket.close();
      return false;
    },
  );
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  return once(server, 'listening').then(
    () => new Promise<boolean>((resolve) => server.close(() => resolve(true))),
    () => false,
  );
}
