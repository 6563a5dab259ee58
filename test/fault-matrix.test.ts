/**
 * What a client sees, which attempts were made and what it waited for, when backend a fails in one way and b is sound:
 * fault × request × policy, one possible result each. a is always asked first; timeouts are long unless a row is about them;
 * ejection is off, so that every row stands alone.
 * Failures that come at a moment are in `fault-moments`, what changes meanwhile in `fault-changes`, those of clients and of the
 * system in `fault-resources`, those under load in `failover`, those of configs in `config-swap`, of HTTP/2 (F33) in `upstream/http2-backend`, of the proxy in `e2e/life`.
 */
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../proxy-engine/engine.ts';
import { attemptsAt, startEngine } from './support/engine.ts';
import {
  badTls,
  closedPort,
  closeOnAccept,
  type Faulty,
  fullBacklog,
  healthyBackend,
  killedProcess,
  neverAnswer,
  readAndClose,
  readAndReset,
  say,
  sayAndReset,
  sayAndStall,
  silentTls,
  stoppedProcess,
  trickle,
  unknownName,
  untrustedTls,
} from './support/faulty-backends.ts';
import { ask, KINDS } from './support/kinds.ts';
import { selfSigned } from './support/tls.ts';

const POLICIES = ['first', 'round_robin', 'least_request', 'ketama'] as const;

/** `status, who answered or why not | attempts` */
type Result = string;

interface Row {
  fault: string;
  a: () => Promise<Faulty>;
  /** Of all four, unless told otherwise. */
  all?: Result;
  get?: Result;
  post?: Result;
  streamed?: Result;
  websocket?: Result;
  /** A timeout that is named here decides, and the client waits for it; no other row waits for any. */
  pool?: { retry?: object; timeouts?: Record<string, `${number}ms`> };
}

/** Of all timeouts that a row does not name. */
const LONG_MS = 15_000;
const LONG = Object.fromEntries(['connect', 'head', 'idle'].map((what) => [what, `${LONG_MS}ms`]));

const FROM_B = (code: string): Result => `200 b | a ${code}, b 200`;
const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf';
/** b has to answer in that time, too, on whatever machine this runs. */
const soon = (what: 'connect' | 'head' | 'idle') => ({ timeouts: { [what]: '1000ms' as const } });
const retryOn = (...on: (string | number)[]) => ({ retry: { on } });

/** Nothing was sent: any method goes to b. */
const beforeSending = (code: string) => ({ all: FROM_B(code), websocket: `101 b | a ${code}, b 101` });
/** Something was sent: what is idempotent goes to b, a POST is answered for a. */
const afterSending = (code: string, status = 502) => ({
  get: FROM_B(code),
  websocket: `101 b | a ${code}, b 101`,
  post: `${status} ${code} | a ${code}`,
  streamed: `${status} ${code} | a ${code}`,
});
const onlyA = (result: string, code: string) => ({ all: `${result} | a ${code}` });

const ROWS: Row[] = [
  { fault: 'F1 nobody listens', a: closedPort, ...beforeSending('CONNECT_REFUSED') },
  { fault: 'F3 killed -9 before its head', a: () => killedProcess('head'), ...afterSending('RESET') },
  { fault: 'F4 killed -9 in its body', a: () => killedProcess('body'), ...onlyA('cut', 'TRUNCATED') },
  {
    fault: 'F5 stopped, timeouts are final',
    a: stoppedProcess,
    pool: soon('head'),
    ...onlyA('504 HEAD_TIMEOUT', 'HEAD_TIMEOUT'),
  },
  {
    fault: 'F5 stopped, timeouts are tried again',
    a: stoppedProcess,
    pool: { ...retryOn('timeout'), ...soon('head') },
    ...afterSending('HEAD_TIMEOUT', 504),
  },
  { fault: 'F6 no answer to SYN', a: fullBacklog, pool: soon('connect'), ...beforeSending('CONNECT_TIMEOUT') },
  { fault: 'F8 closes when it has accepted', a: closeOnAccept, ...afterSending('RESET') },
  { fault: 'F9 reads the request and closes', a: readAndClose, ...afterSending('RESET') },
  { fault: 'F10 reads the request and resets', a: readAndReset, ...afterSending('RESET') },
  { fault: 'F11 never answers', a: neverAnswer, pool: soon('head'), ...onlyA('504 HEAD_TIMEOUT', 'HEAD_TIMEOUT') },
  {
    fault: 'F11 never answers, tried again',
    a: neverAnswer,
    pool: { ...retryOn('timeout'), ...soon('head') },
    ...afterSending('HEAD_TIMEOUT', 504),
  },
  { fault: 'F12 half a head, then the end', a: () => say('HTTP/1.1 200 OK\r\nContent-Le'), ...afterSending('RESET') },
  { fault: 'F13 half a body, then the end', a: () => say(HALF), ...onlyA('cut', 'TRUNCATED') },
  { fault: 'F14 half a body, then a reset', a: () => sayAndReset(HALF), ...onlyA('cut', 'RESET') },
  {
    fault: 'F16 half a body, then silence',
    a: () => sayAndStall(HALF),
    pool: soon('idle'),
    ...onlyA('cut', 'IDLE_TIMEOUT'),
  },
  { fault: 'F17 a byte at a time', a: () => trickle(), all: '200 a | a 200' },
  {
    fault: 'F17 a byte at a time, against a total',
    a: () => trickle(100_000),
    // Long enough that the head is through on a busy machine.
    pool: { timeouts: { total: '1000ms' } },
    ...onlyA('cut', 'TOTAL_TIMEOUT'),
  },
  { fault: 'F18 no HTTP', a: () => say('SSH-2.0-OpenSSH_9.2\r\n\r\n'), ...onlyA('502 BAD_RESPONSE', 'BAD_RESPONSE') },
  {
    fault: 'F18 TLS on a plain port',
    a: () => say('\x15\x03\x01\x00\x02\x02\x0a\r\n\r\n'),
    ...onlyA('502 BAD_RESPONSE', 'BAD_RESPONSE'),
  },
  {
    fault: 'F19 a head of 100 kB',
    a: () => say(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`),
    ...onlyA('502 BAD_RESPONSE', 'BAD_RESPONSE'),
  },
  {
    fault: 'F20 503, passed on',
    a: () => say('HTTP/1.1 503 Busy\r\nX-Backend: a\r\nContent-Length: 0\r\n\r\n'),
    all: '503 a | a 503',
  },
  {
    fault: 'F20 503, tried again',
    a: () => say('HTTP/1.1 503 Busy\r\nX-Backend: a\r\nContent-Length: 0\r\n\r\n'),
    pool: retryOn(503),
    get: FROM_B('RETRY_STATUS'),
    websocket: '101 b | a RETRY_STATUS, b 101',
    post: '503 a | a 503',
    streamed: '503 a | a 503',
  },
  {
    fault: 'F22 a certificate that nobody trusts',
    a: async () => untrustedTls(await selfSigned('/CN=other')),
    ...beforeSending('TLS_FAILED'),
  },
  { fault: 'F22 an expired certificate', a: () => badTls({ daysAgo: 800 }), ...beforeSending('TLS_FAILED') },
  {
    fault: 'F22 a certificate for another name',
    a: () => badTls({ host: 'other.test' }),
    ...beforeSending('TLS_FAILED'),
  },
  {
    fault: 'F23 a handshake that never ends',
    a: silentTls,
    pool: soon('connect'),
    ...beforeSending('CONNECT_TIMEOUT'),
  },
  { fault: 'F24 a name that does not exist', a: unknownName, ...beforeSending('DNS_FAILED') },
];

test.each(ROWS)('$fault', async (row) => {
  const [a, b] = await Promise.all([row.a(), healthyBackend()]);
  onTestFinished(() => {
    a.close();
    b.close();
  });
  const { engine, port, paths } = await startMatrix({ ...a.pool, ...row.pool }, a.url, b.url);
  const cells = KINDS.flatMap((kind) =>
    POLICIES.map((policy) => ({ kind, policy, path: paths.get(`${kind}-${policy}`) ?? '' })),
  );
  const results = Promise.all(cells.map(({ kind, path }) => timed(ask(port, kind, path))));
  await a.strike?.(cells.length);
  const clients = await results;
  const waitsMs = Math.max(0, ...Object.values(row.pool?.timeouts ?? {}).map((text) => Number.parseInt(text, 10)));
  for (const [i, { kind, policy, path }] of cells.entries()) {
    const { answer, tookMs } = clients[i] as Timed;
    const result = `${answer} | ${await attemptsAt(engine, path)}`;
    expect(`${kind} ${policy}: ${result}`).toBe(`${kind} ${policy}: ${row[kind] ?? row.all}`);
    expect(tookMs).toBeGreaterThanOrEqual(waitsMs);
    expect(tookMs).toBeLessThan(LONG_MS);
  }
});

interface Timed {
  answer: string;
  tookMs: number;
}

/** With the time that its client waited. */
async function timed(answering: Promise<string>): Promise<Timed> {
  const begunAt = performance.now();
  const answer = await answering;
  return { answer, tookMs: performance.now() - begunAt };
}

/** A pool and a route for each request, so that each policy starts anew and a is its first choice. */
async function startMatrix(more: { retry?: object; timeouts?: object }, a: string, b: string) {
  const cells = KINDS.flatMap((kind) => POLICIES.map((policy) => ({ name: `${kind}-${policy}`, policy })));
  const pool = (policy: string) => ({
    policy,
    hash: { on: 'path' },
    ejection: false,
    ...more,
    timeouts: { ...LONG, ...more.timeouts },
    retry: { budgetPercent: 100, backoff: { base: '1ms', max: '2ms' }, ...more.retry },
    backends: [
      { name: 'a', url: a },
      { name: 'b', url: b },
    ],
  });
  const { engine, port, close } = await startEngine([1], {
    pools: Object.fromEntries(cells.map(({ name, policy }) => [name, pool(policy)])) as never,
    routes: cells.map(({ name }) => ({ name, match: `path ^= /${name}/`, pool: name })),
  });
  onTestFinished(close);
  return { engine, port, paths: new Map(cells.map(({ name }) => [name, pathFor(engine, name)])) };
}

/** A path of which the pool's policy, if it goes by keys, gives a. */
function pathFor(engine: Engine, pool: string): string {
  for (let i = 0; ; i++) {
    const path = `/${pool}/${i}`;
    const { keyed, backend } = engine.pool(pool)?.explain(path, 0) ?? { keyed: false };
    if (!keyed || backend === 'a') return path;
  }
}
