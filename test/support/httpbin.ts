import { spawn } from 'node:child_process';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** Debian's httpbin on a port of its own. */
export async function startHttpbin(): Promise<{ url: string; close(): Promise<void> }> {
  const port = await freePort();
  // The system's Python: others do not see Debian's packages.
  const child = spawn('/usr/bin/python3', ['-m', 'httpbin.core', '--port', `${port}`], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/status/204`).then(
      (answer) => answer.status === 204,
      () => false,
    );
  await until(answers, 'an answer of httpbin');
  return {
    url,
    async close() {
      child.kill();
      await ended;
    },
  };
}
