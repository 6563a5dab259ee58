/** The four kinds of request that failures are told apart for. */
import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { KEY } from './websocket-key.mjs';

export const KINDS = ['get', 'post', 'streamed', 'websocket'] as const;
export type Kind = (typeof KINDS)[number];

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': KEY,
  'sec-websocket-version': '13',
};

export interface AskEvents {
  /** The request is said to its end. */
  onSaid?(): void;
  /** The answer begins. */
  onHead?(): void;
}

/** `200 b`, `502 RESET`, or `cut` when the answer began and was not whole. */
export function ask(
  port: number,
  kind: Kind,
  path = '/',
  headers: Record<string, string> = {},
  { onSaid, onHead }: AskEvents = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = open(port, kind, path, headers);
    if (onSaid) outgoing.once('finish', onSaid);
    let begun = false;
    outgoing.once('response', (response) => {
      begun = true;
      onHead?.();
      const { 'x-backend': backend, 'x-switchyard-error': code } = response.headers;
      response.resume();
      response.once('end', () => resolve(`${response.statusCode} ${String(backend ?? code)}`));
      response.once('error', () => resolve('cut'));
    });
    outgoing.once('upgrade', ({ headers }, socket) => {
      socket.destroy();
      resolve(`101 ${String(headers['x-backend'])}`);
    });
    outgoing.once('error', (error) => (begun ? resolve('cut') : reject(error)));
  });
}

function open(port: number, kind: Kind, path: string, headers: Record<string, string>): ClientRequest {
  const options = { port, path, headers, agent: false as const };
  switch (kind) {
    case 'get':
      return request(options).end();
    case 'post':
      return request({ ...options, method: 'POST' }).end('one two three');
    case 'streamed': {
      const outgoing = request({ ...options, method: 'POST', headers: { ...headers, 'transfer-encoding': 'chunked' } });
      outgoing.write('one ');
      setTimeout(() => outgoing.end('two'), 30);
      return outgoing;
    }
    case 'websocket': {
      return request({ ...options, headers: { ...headers, ...UPGRADE } }).end();
    }
  }
}

/** An open WebSocket, its bytes as they are; it ends with the test. */
export async function openWebSocket(port: number): Promise<Duplex> {
  const [, socket] = (await once(open(port, 'websocket', '/', {}), 'upgrade')) as [unknown, Duplex];
  onTestFinished(() => void socket.destroy());
  return socket.on('error', () => {});
}
