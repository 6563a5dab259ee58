/** `switchyard browser`: a browser for looking at traffic, without a change to the system or to the browser that you use. */
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { findBrowser, NO_BROWSER } from '../browser/find-browser.ts';
import { type BrowserOptions, launchBrowser } from '../browser/launch-browser.ts';
import { openOrFail } from './ca.ts';
import { CliFailure } from './failure.ts';
import { hostAndPort } from './host-and-port.ts';

export interface BrowserCommandOptions {
  proxy: string;
  data?: string;
}

/** Resolves when the browser is closed; its profile is gone then. */
export async function openBrowser(url = 'about:blank', { proxy, data }: BrowserCommandOptions): Promise<void> {
  const address = hostAndPort('--proxy', proxy);
  const browser = findBrowser();
  if (browser === null) throw new CliFailure(2, NO_BROWSER);
  if (!(await answers(address)))
    throw new CliFailure(
      2,
      `nothing listens on ${proxy}; start a forward listener, or name another with --proxy HOST:PORT`,
    );
  const { spkiHash } = await openOrFail(data);
  const signal = onSignals();
  const exitCode = await ended(await launched({ browser, proxy, secureProxy: false, spkiHash, url, signal }));
  if (exitCode !== 0)
    throw new CliFailure(
      2,
      `${browser} ended with exit code ${exitCode}; start it by itself to see why (as root it refuses to run)`,
    );
}

async function launched(options: BrowserOptions): Promise<ChildProcess> {
  try {
    return (await launchBrowser(options)).child;
  } catch (error) {
    throw new CliFailure(2, `${options.browser} could not be started: ${(error as Error).message}`, { cause: error });
  }
}

/** Ctrl C closes the browser: its profile goes with it. */
function onSignals(): AbortSignal {
  const closing = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => closing.abort());
  return closing.signal;
}

/** Its exit code; one that a signal ends was closed by somebody. */
function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 0)));
}

function answers(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
