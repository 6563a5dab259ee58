/**
 * Entry of the thread that makes a drill's load: real requests over sockets, each sent when it is due whatever became of those
 * before it (an open loop). What a request took is counted from when it was due, so that waiting for a free connection shows,
 * and a proxy that stalls cannot slow its own measurement down (coordinated omission).
 */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';
import {
  DRILL_HEADER,
  dueAt,
  type FromLoadThread,
  type LoadJob,
  requestCount,
  type ToLoadThread,
} from './load-protocol.ts';

const TELL_EVERY_MS = 50;

const job = workerData as LoadJob;
const agent = createAgent();
const total = requestCount(job.durationMs, job.rate);
const underWay = new Map<number, ClientRequest>();
let beginAt = 0;
let sent = 0;
let rows: number[] = [];
let failures: { number: number; reason: string }[] = [];

function createAgent(): HttpAgent {
  const options = { keepAlive: true, maxSockets: job.connections, scheduling: 'fifo' } as const;
  if (!job.aim.secure) return new HttpAgent(options);
  // It goes to a listener of our own; who signed its certificate is not what a drill is about.
  return new HttpsAgent({ ...options, rejectUnauthorized: false, servername: job.aim.authority.replace(/:\d+$/, '') });
}

function tell(message: FromLoadThread): void {
  parentPort?.postMessage(message);
}

/** Milliseconds since the first request was due. */
function elapsed(): number {
  return performance.timeOrigin + performance.now() - beginAt;
}

function sendDue(): void {
  const now = elapsed();
  while (sent < total && dueAt(sent, job.rate) <= now) send(sent++);
  if (sent < total) setTimeout(sendDue, Math.max(0, dueAt(sent, job.rate) - elapsed()));
}

function send(number: number): void {
  const { aim, method, headers, body } = job;
  const outgoing = (aim.secure ? httpsRequest : httpRequest)({
    agent,
    host: aim.host,
    port: aim.port,
    method,
    path: aim.target,
    setHost: false,
    headers: {
      host: aim.authority,
      'user-agent': 'switchyard-drill',
      ...headers,
      [DRILL_HEADER]: `${job.id}.${number}`,
    },
  });
  underWay.set(number, outgoing);
  outgoing.on('response', (response) => read(number, response));
  outgoing.on('error', (error) => end(number, reasonOf(error)));
  outgoing.end(body);
}

function read(number: number, response: IncomingMessage): void {
  const code = response.headers['x-switchyard-error'];
  response.on('data', () => {});
  response.on('end', () => end(number, code === undefined ? null : `${response.statusCode} ${String(code)}`));
  response.on('error', (error) => end(number, `broke off after ${response.statusCode}: ${reasonOf(error)}`));
}

/** `reason` null: it was answered whole, by a backend or as the rules say. The first end counts. */
function end(number: number, reason: string | null): void {
  if (!underWay.delete(number)) return;
  const due = dueAt(number, job.rate);
  rows.push(number, due, elapsed() - due, reason === null ? 0 : 1);
  if (reason !== null) failures.push({ number, reason });
  if (sent === total && underWay.size === 0) finish();
}

function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}

/** With a reset: who only closes its side may still wait for an answer, and the exchange would go on. */
function giveUp(outgoing: ClientRequest): void {
  // Below TLS there is no such thing.
  if (!job.aim.secure) outgoing.socket?.resetAndDestroy();
  outgoing.destroy();
}

/** They are in the order in which they were due. */
function giveUpLate(): void {
  const now = elapsed();
  for (const [number, outgoing] of underWay) {
    if (dueAt(number, job.rate) + job.timeoutMs > now) return;
    // First, for the last end ends the thread.
    giveUp(outgoing);
    end(number, `no answer within ${job.timeoutMs / 1000} s`);
  }
}

function tellResults(): void {
  giveUpLate();
  if (rows.length === 0) return;
  const message = { type: 'results', rows: Float64Array.from(rows), failures } as const;
  rows = [];
  failures = [];
  tell(message);
}

function finish(): void {
  tellResults();
  tell({ type: 'done' });
  parentPort?.close();
  clearInterval(telling);
  agent.destroy();
}

function begin(at: number): void {
  beginAt = at;
  setTimeout(sendDue, Math.max(0, -elapsed()));
}

function stop(): void {
  for (const outgoing of underWay.values()) giveUp(outgoing);
  underWay.clear();
  sent = total;
  finish();
}

const telling = setInterval(tellResults, TELL_EVERY_MS);
parentPort?.on('message', (message: ToLoadThread) => (message.type === 'begin' ? begin(message.at) : stop()));
tell({ type: 'ready' });
