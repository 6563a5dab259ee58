/** Load by wrk, and what it said of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface LoadResult {
  requests: number;
  /** Answers that are not 2xx or 3xx. */
  failed: number;
  /** Connections that could not be made, were cut or went silent. */
  socketErrors: number;
  /** Of these the ones that could not be made; wrk looks only when it writes. */
  refused: number;
}

/** Goes on until it is stopped, five minutes at most. */
export function startWrk(url: string, connections: number): { stop(): Promise<LoadResult> } {
  const child = spawn('wrk', ['-t1', `-c${connections}`, '-d300s', '--timeout', '30s', url]);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  const closed = once(child, 'close');
  return {
    async stop() {
      child.kill('SIGINT');
      await closed;
      return readWrk(text);
    },
  };
}

export function readWrk(text: string): LoadResult {
  const [connect = 0, read = 0, write = 0, timeout = 0] = (
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  ).map(Number);
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
    failed: Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
    socketErrors: connect + read + write + timeout,
    refused: connect + write,
  };
}
