/** The four kinds of request that failures are told apart for. */
import { type ClientRequest, request } from 'node:http';

export const KINDS = ['get', 'post', 'streamed', 'websocket'] as const;
export type Kind = (typeof KINDS)[number];

/** `200 b`, `502 RESET`, or `cut` when the answer began and was not whole. */
export function ask(port: number, kind: Kind, path = '/', headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = open(port, kind, path, headers);
    let begun = false;
    outgoing.once('response', (response) => {
      begun = true;
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
      const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
      const key = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-version': '13' };
      return request({ ...options, headers: { ...headers, ...upgrade, ...key } }).end();
    }
  }
}
