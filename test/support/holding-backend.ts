/** A backend that answers when the test says so. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { startBackend } from './backend.ts';
import { until } from './until.ts';

export async function startHolding(name = 'a') {
  const held: ServerResponse[] = [];
  const sockets = new Set<Socket>();
  const backend = await startBackend(name, ({ socket }, response) => {
    if (!sockets.has(socket)) sockets.add(socket.once('close', () => sockets.delete(socket)));
    held.push(response);
  });
  onTestFinished(() => backend.close());
  return {
    /** Unanswered, the oldest first. */
    held,
    /** Its open connections on which it was asked. */
    sockets,
    entry: { name, url: backend.url },
    /** With its name, when there is one to answer. */
    answerOne: async () => {
      await until(() => held.length > 0, `a request at backend ${name}`);
      held.shift()?.end(name);
    },
  };
}
