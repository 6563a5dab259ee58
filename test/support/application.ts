/** A backend whose port and health page are fine, and whose application is quick, slow or hangs, as the test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { ACCEPT } from './websocket-key.mjs';

export interface Application {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** Requests and upgrades that it has read whole; probes of `/healthz` not counted. */
  readonly requests: number;
  /** Open ones. */
  readonly connections: number;
  /** Milliseconds until it answers; `Infinity`: not before `answerAll`. */
  delayMs: number;
  /** Answers those that wait. */
  answerAll(): void;
}

/** It answers to all kinds of `support/kinds`, echoes what comes after an upgrade, and ends with the test. */
export async function startApplication(name: string, host = '127.0.0.1', port = 0): Promise<Application> {
  let requests = 0;
  let delayMs = 0;
  const waiting: (() => void)[] = [];
  const sockets = new Set<Socket>();
  const inTime = (answer: () => void): void => {
    requests++;
    if (delayMs === Number.POSITIVE_INFINITY) waiting.push(answer);
    else if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  };
  const server = createServer((incoming, response) => whole(incoming, response, name, inTime));
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (_incoming, socket: Socket) => {
    // Read also while it waits, so that it hears of the end.
    socket.resume().once('end', () => socket.end());
    inTime(() => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nX-Backend: ${name}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${ACCEPT}\r\n`,
      );
      socket.pipe(socket);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    name,
    port: bound,
    url: `http://${host}:${bound}`,
    get requests() {
      return requests;
    },
    get connections() {
      return sockets.size;
    },
    get delayMs() {
      return delayMs;
    },
    set delayMs(value) {
      delayMs = value;
    },
    answerAll() {
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

function whole(
  incoming: IncomingMessage,
  response: ServerResponse,
  name: string,
  inTime: (answer: () => void) => void,
): void {
  incoming.resume();
  incoming.once('end', () => {
    if (incoming.url === '/healthz') response.end('ok');
    else inTime(() => response.setHeader('x-backend', name).end(name));
  });
}
