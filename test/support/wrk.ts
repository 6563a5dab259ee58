/** Load by wrk, and what it said of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface LoadResult {
  requests: number;
  /** Answers that are not 2xx or 3xx. */
  failed: number;
  /** Connections that could not be made, were cut or went silent. */
  socketErrors: number;
  /** Of these the ones that could not be made; wrk looks only when it writes. */
  refused: number;
}

export async function wrk(
  url: string,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<LoadResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', url];
  const { stdout } = await promisify(execFile)('wrk', args);
  return readWrk(stdout);
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
