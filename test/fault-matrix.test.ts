/**
 * What a client sees, which attempts were made and how long it took, when backend a fails in one way and b is sound:
 * fault × request × policy, one possible result each. a is always asked first; ejection is off, so that every row stands alone.
 * Times are those of the engine's clock, which stands still until a timeout is all that an exchange waits for, and there is no
 * back-off: they are exact on whatever machine this runs.
 * Failures that come at a moment are in `fault-moments`, what changes meanwhile in `fault-changes`, those of clients and of the
 * system in `fault-resources`, those under load in `failover`, those of configs in `config-swap`, of HTTP/2 (F33) in `upstream/http2-backend`, of the proxy in `e2e/life`.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../proxy-engine/engine.ts';
import { attemptsAt, recorded, startEngine } from './support/engine.ts';
import { FakeClock, withoutTime } from './support/fake-clock.ts';
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
import { until } from './support/until.ts';

const POLICIES = ['first', 'round_robin', 'least_request', 'ketama'] as const;

/** `status, who answered or why not | attempts` */
type Result = string;

/** What is waited for in vain. */
type Wait = 'connect' | 'head' | 'idle' | 'total';

/** Of every pool, unless its row says another one. */
const TIMEOUTS_MS: Record<Wait, number> = { connect: 1000, head: 2000, idle: 2000, total: 0 };

interface Row {
  fault: string;
  a: () => Promise<Faulty>;
  /** Of all four, unless told otherwise. */
  all?: Result;
  get?: Result;
  post?: Result;
  streamed?: Result;
  websocket?: Result;
  /** The timeout that decides: every client has its answer when that has passed. All other rows take no time at all. */
  waits?: Wait;
  pool?: { retry?: object; timeouts?: Partial<typeof TIMEOUTS_MS> };
}

const FROM_B = (code: string): Result => `200 b | a ${code}, b 200`;
const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf';
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
    waits: 'head',
    ...onlyA('504 HEAD_TIMEOUT', 'HEAD_TIMEOUT'),
  },
  {
    fault: 'F5 stopped, timeouts are tried again',
    a: stoppedProcess,
    waits: 'head',
    pool: retryOn('timeout'),
    ...afterSending('HEAD_TIMEOUT', 504),
  },
  { fault: 'F6 no answer to SYN', a: fullBacklog, waits: 'connect', ...beforeSending('CONNECT_TIMEOUT') },
  { fault: 'F8 closes when it has accepted', a: closeOnAccept, ...afterSending('RESET') },
  { fault: 'F9 reads the request and closes', a: readAndClose, ...afterSending('RESET') },
  { fault: 'F10 reads the request and resets', a: readAndReset, ...afterSending('RESET') },
  { fault: 'F11 never answers', a: neverAnswer, waits: 'head', ...onlyA('504 HEAD_TIMEOUT', 'HEAD_TIMEOUT') },
  {
    fault: 'F11 never answers, tried again',
    a: neverAnswer,
    waits: 'head',
    pool: retryOn('timeout'),
    ...afterSending('HEAD_TIMEOUT', 504),
  },
  { fault: 'F12 half a head, then the end', a: () => say('HTTP/1.1 200 OK\r\nContent-Le'), ...afterSending('RESET') },
  { fault: 'F13 half a body, then the end', a: () => say(HALF), ...onlyA('cut', 'TRUNCATED') },
  { fault: 'F14 half a body, then a reset', a: () => sayAndReset(HALF), ...onlyA('cut', 'RESET') },
  {
    fault: 'F16 half a body, then silence',
    a: () => sayAndStall(HALF),
    waits: 'idle',
    ...onlyA('cut', 'IDLE_TIMEOUT'),
  },
  { fault: 'F17 a byte at a time', a: () => trickle(), all: '200 a | a 200' },
  {
    fault: 'F17 a byte at a time, against a total',
    a: () => trickle(100_000),
    waits: 'total',
    pool: { timeouts: { total: 1500 } },
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
    waits: 'connect',
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
  const clock = new FakeClock();
  const timeouts = { ...TIMEOUTS_MS, ...row.pool?.timeouts };
  const { engine, port, paths } = await startMatrix({ ...a.pool, ...row.pool, timeouts }, clock, a.url, b.url);
  const cells = KINDS.flatMap((kind) =>
    POLICIES.map((policy) => ({ kind, policy, path: paths.get(`${kind}-${policy}`) ?? '' })),
  );
  const count = { said: 0, heads: 0 };
  const events = { onSaid: () => count.said++, onHead: () => count.heads++ };
  const answers = Promise.all(cells.map(({ kind, path }) => ask(port, kind, path, {}, events)));
  await a.strike?.(cells.length);
  const tookMs = row.waits ? timeouts[row.waits] : 0;
  if (row.waits) {
    const have = (what: keyof typeof count) => () => count[what] === cells.length;
    await allWait(row.waits, engine, { areSaid: have('said'), haveHeads: have('heads') });
    clock.advance(tookMs);
  }
  const results = await withoutTime(clock, answers);
  for (const [i, { kind, policy, path }] of cells.entries()) {
    const { durationMs } = await recorded(engine, (exchange) => exchange.path === path);
    const result = `${results[i]} | ${await attemptsAt(engine, path)} | ${durationMs} ms`;
    expect(`${kind} ${policy}: ${result}`).toBe(`${kind} ${policy}: ${row[kind] ?? row.all} | ${tookMs} ms`);
  }
  await nothingIsKept(engine);
});

/** All that can happen has happened: only that timeout will end them. */
async function allWait(
  what: Wait,
  engine: Engine,
  { areSaid, haveHeads }: { areSaid(): boolean; haveHeads(): boolean },
): Promise<void> {
  const begun = () => poolsOf(engine).every(({ backends }) => backends[0]?.inFlight === 1);
  // Engine and clients live in this process; a request is sent as soon as its connection is there.
  const connected = () => !process.getActiveResourcesInfo().includes('TCPConnectWrap');
  const holds = { connect: begun, head: () => begun() && connected() && areSaid(), idle: haveHeads, total: haveHeads };
  await until(holds[what], 'that all wait');
  // What a client has said is there; the engine takes it in this turn, and says it to the backend in the next one.
  for (let turns = 0; turns < 3; turns++) await turn();
}

/** Without the one that no route leads to. */
function poolsOf(engine: Engine) {
  return engine.state().pools.filter(({ name }) => name !== 'p');
}

/** No exchange is counted as under way, and of connections to a backend that failed none goes back to be used again. */
async function nothingIsKept(engine: Engine): Promise<void> {
  for (const { name, backends } of poolsOf(engine)) {
    expect([name, ...backends.map(({ inFlight }) => inFlight)]).toEqual([name, 0, 0]);
    const failed = backends.filter(({ failures }) => failures > 0).map((backend) => backend.name);
    const metrics = await engine.metrics();
    for (const backend of failed)
      expect(metrics).toContain(`switchyard_backend_connections{pool="${name}",backend="${backend}"} 0`);
  }
}

/** A pool and a route for each request, so that each policy starts anew and a is its first choice. */
async function startMatrix(
  more: { retry?: object; timeouts: Record<Wait, number> },
  clock: FakeClock,
  a: string,
  b: string,
) {
  const cells = KINDS.flatMap((kind) => POLICIES.map((policy) => ({ name: `${kind}-${policy}`, policy })));
  const pool = (policy: string) => ({
    policy,
    hash: { on: 'path' },
    ejection: false,
    ...more,
    timeouts: Object.fromEntries(Object.entries(more.timeouts).map(([what, ms]) => [what, `${ms}ms`])),
    retry: { budgetPercent: 100, backoff: { base: '0ms', max: '0ms' }, ...more.retry },
    backends: [
      { name: 'a', url: a },
      { name: 'b', url: b },
    ],
  });
  const { engine, port, close } = await startEngine([1], {
    pools: Object.fromEntries(cells.map(({ name, policy }) => [name, pool(policy)])) as never,
    routes: cells.map(({ name }) => ({ name, match: `path ^= /${name}/`, pool: name })),
    clock,
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
