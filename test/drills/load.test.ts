/** The load over real sockets: every request when it is due, whatever became of those before it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type LoadResult, startLoad } from '../../proxy-engine/drills/load.ts';
import { DRILL_HEADER, dueAt, type LoadJob, requestCount } from '../../proxy-engine/drills/load-protocol.ts';
import { type Backend, startBackend } from '../support/backend.ts';
import { CLOSED_PORT } from '../support/free-port.ts';

let server: Backend | null = null;
afterEach(() => server?.close());

async function load(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  job: Partial<LoadJob> = {},
): Promise<LoadResult[]> {
  server = await startBackend('a', answer);
  return loadOf(server.port, job).results();
}

function loadOf(port: number, job: Partial<LoadJob>) {
  const aim = { host: '127.0.0.1', port, secure: false, authority: 'api.test', target: '/x?y=1', url: '' };
  const results: LoadResult[] = [];
  const started = startLoad(
    {
      id: 'run',
      aim,
      method: 'GET',
      headers: {},
      body: undefined,
      rate: 200,
      connections: 4,
      timeoutMs: 60_000,
      durationMs: 250,
      ...job,
    },
    (result) => results.push(result),
  );
  const begin = async () => {
    await started.ready;
    started.begin(Date.now());
  };
  return {
    started,
    begin,
    async results() {
      await begin();
      await started.done;
      return results.toSorted((a, b) => a.number - b.number);
    },
  };
}

describe('the load of a drill', () => {
  it.each([
    [1000, 200, 200],
    [250, 200, 50],
    [1000, 1 / 60, 1],
    [100, 33, 4],
    [1, 20_000, 20],
  ])('in %i ms at %d/s there are %i requests', (durationMs, rate, count) => {
    expect(requestCount(durationMs, rate)).toBe(count);
    expect(dueAt(count - 1, rate)).toBeLessThan(durationMs);
    expect(dueAt(count, rate)).toBeGreaterThanOrEqual(durationMs);
  });

  it('sends each request once, marked with its number', async () => {
    const marks: string[] = [];
    const seen = new Set<string>();
    const results = await load(
      (request, response) => {
        marks.push(String(request.headers[DRILL_HEADER]));
        seen.add(`${request.method} ${request.url} ${request.headers.host} ${request.headers['x-mine']}`);
        response.end('ok');
      },
      { headers: { 'x-mine': '1' } },
    );
    expect(marks.toSorted()).toEqual(Array.from({ length: 50 }, (_, number) => `run.${number}`).toSorted());
    expect([...seen]).toEqual(['GET /x?y=1 api.test 1']);
    expect(results.map(({ dueMs }) => dueMs)).toEqual(Array.from({ length: 50 }, (_, number) => number * 5));
    expect(results.every(({ failure }) => failure === null)).toBe(true);
  });

  it('counts the time that a request waits for a connection: nothing is left out while the server stands still', async () => {
    const STILL_MS = 300;
    const results = await load(
      (request, response) => {
        const isFirst = request.headers[DRILL_HEADER] === 'run.0';
        setTimeout(() => response.end('ok'), isFirst ? STILL_MS : 0);
      },
      { connections: 1 },
    );
    expect(results).toHaveLength(50);
    // All were due within 250 ms, and none of the others could be sent before the first was answered.
    for (const { dueMs, tookMs } of results) expect(dueMs + tookMs).toBeGreaterThan(STILL_MS - 5);
  });

  it('tells why a request failed', async () => {
    const results = await load(
      (request, response) => {
        const number = Number(String(request.headers[DRILL_HEADER]).split('.')[1]);
        if (number === 0) request.socket.resetAndDestroy();
        else if (number === 1)
          response.writeHead(200, { 'content-length': 10 }).write('12345', () => request.socket.destroy());
        else if (number === 2) response.writeHead(502, { 'x-switchyard-error': 'RESET' }).end();
        else if (number === 3) response.writeHead(500).end('a backend may answer that');
        else if (number > 4) response.end('ok');
      },
      { timeoutMs: 3000, durationMs: 60, rate: 100 },
    );
    expect(results.map(({ failure }) => failure)).toEqual([
      'ECONNRESET',
      expect.stringContaining('broke off after 200'),
      '502 RESET',
      null,
      'no answer within 3 s',
      null,
    ]);
  });

  it('every request fails where nobody listens', async () => {
    const results = await loadOf(CLOSED_PORT, {}).results();
    expect(new Set(results.map(({ failure }) => failure))).toEqual(new Set(['ECONNREFUSED']));
    expect(results).toHaveLength(50);
  });

  it('can be stopped with requests under way', async () => {
    server = await startBackend('a', () => {});
    const { started, begin } = loadOf(server.port, { durationMs: 60_000 });
    await begin();
    await expect.poll(() => server?.requests).toBeGreaterThan(0);
    started.stop();
    await started.done;
  });
});
