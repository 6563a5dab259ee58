import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type AttemptTimes, attemptTimings } from '../proxy-engine/attempt-timings.ts';
import type { AttemptOutcome, Timings } from '../proxy-engine/contract/exchange.ts';
import { send } from './support/backend.ts';
import { recorded, startEngine } from './support/engine.ts';
import { CLOSED_PORT } from './support/free-port.ts';

const NEVER: AttemptTimes = {
  startedAt: 10,
  delayedUntil: -1,
  dnsEndAt: -1,
  connectedAt: -1,
  tlsEndAt: -1,
  sentAt: -1,
  headAt: -1,
  endedAt: -1,
};

function happened(timings: Timings): Partial<Timings> {
  return Object.fromEntries(Object.entries(timings).filter(([, ms]) => ms >= 0));
}

test.each<
  [what: string, times: Partial<AttemptTimes>, outcome: AttemptOutcome, error: string, expected: Partial<Timings>]
>([
  ['has just begun', {}, 'pending', '', {}],
  ['waits for the head', { connectedAt: 12, sentAt: 12.5 }, 'pending', '', { connect: 2, send: 0.5 }],
  [
    'was answered',
    { delayedUntil: 11, dnsEndAt: 13, connectedAt: 16, tlsEndAt: 20, sentAt: 21, headAt: 30, endedAt: 50 },
    'answered',
    '',
    { blocked: 1, dns: 2, connect: 3, tls: 4, send: 1, wait: 9, receive: 20 },
  ],
  [
    'was answered on a kept connection',
    { sentAt: 10, headAt: 15, endedAt: 15 },
    'answered',
    '',
    { send: 0, wait: 5, receive: 0 },
  ],
  ['is a tunnel', { connectedAt: 12, sentAt: 12, endedAt: 90 }, 'answered', '', { connect: 2, send: 0, receive: 78 }],
  ['found no name', { endedAt: 17 }, 'failed', 'DNS_FAILED', { dns: 7 }],
  ['was refused', { endedAt: 15 }, 'retried', 'CONNECT_REFUSED', { connect: 5 }],
  [
    'was refused after a name was resolved',
    { dnsEndAt: 12, endedAt: 15 },
    'failed',
    'CONNECT_REFUSED',
    { dns: 2, connect: 3 },
  ],
  ['was refused after a delay', { delayedUntil: 110, endedAt: 111 }, 'failed', 'RESET', { blocked: 100, connect: 1 }],
  ['failed in the handshake', { connectedAt: 12, endedAt: 19 }, 'failed', 'TLS_FAILED', { connect: 2, tls: 7 }],
  [
    'failed after the handshake',
    { connectedAt: 12, tlsEndAt: 15, endedAt: 16 },
    'failed',
    'RESET',
    { connect: 2, tls: 3, send: 1 },
  ],
  [
    'had no head in time',
    { connectedAt: 12, sentAt: 12, endedAt: 112 },
    'failed',
    'HEAD_TIMEOUT',
    { connect: 2, send: 0, wait: 100 },
  ],
  [
    'broke off in its body',
    { sentAt: 10, headAt: 15, endedAt: 40 },
    'failed',
    'RESET',
    { send: 0, wait: 5, receive: 25 },
  ],
  ['never had a connection', { endedAt: 60 }, 'failed', 'QUEUE_TIMEOUT', { blocked: 50 }],
])('an attempt that %s', (_, times, outcome, error, expected) => {
  expect(happened(attemptTimings({ ...NEVER, ...times }, outcome, error))).toEqual(expected);
});

// ── of real connections, as they are recorded ──────────────────────────────────────────────────────────────────────────

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const SILENT: RequestListener = () => {};

test.each<[what: string, url: () => Promise<string> | string, parts: (keyof Timings)[]]>([
  ['a refused connection', () => `http://127.0.0.1:${CLOSED_PORT}`, ['connect']],
  ['a refused connection to a name', () => `http://localhost:${CLOSED_PORT}`, ['dns', 'connect']],
  ['a name that there is not', () => 'http://no-such-name.invalid', ['dns']],
  [
    'no TLS',
    async () => `https://127.0.0.1:${await listening(createTcpServer((socket) => void socket.end('no')))}`,
    ['connect', 'tls'],
  ],
  ['silence', async () => `http://127.0.0.1:${await listening(createServer(SILENT))}`, ['connect', 'send', 'wait']],
])('%s is recorded with the part in which it ended', async (_, url, parts) => {
  const pool = { backends: [{ name: 'a', url: await url() }], timeouts: { head: '50ms' }, retry: { attempts: 1 } };
  const { engine, port, close } = await startEngine([], { pools: { p: pool } });
  onTestFinished(close);
  await send(`127.0.0.1:${port}`);
  const { attempts } = await recorded(engine);
  expect(Object.keys(happened(attempts[0]?.timings as Timings))).toEqual(parts);
});
