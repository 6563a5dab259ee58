/** `switchyard browser`: a browser for looking at traffic, without a change to the system or to the browser that you use. */
import { connect } from 'node:net';
import { findBrowser, NO_BROWSER } from '../browser/find-browser.ts';
import { launchBrowser } from '../browser/launch-browser.ts';
import { splitAddress } from '../config/references.ts';
import { openOrFail } from './ca.ts';
import { CliFailure } from './failure.ts';

export interface BrowserCommandOptions {
  proxy: string;
  data?: string;
}

/** Resolves when the browser is closed; its profile is gone then. */
export async function openBrowser(url = 'about:blank', { proxy, data }: BrowserCommandOptions): Promise<void> {
  const browser = findBrowser();
  if (browser === null) throw new CliFailure(2, NO_BROWSER);
  if (!(await answers(proxy)))
    throw new CliFailure(
      2,
      `nothing listens on ${proxy}; start a forward listener, or name another with --proxy HOST:PORT`,
    );
  const { spkiHash } = await openOrFail(data);
  try {
    const child = await launchBrowser({ browser, proxy, secureProxy: false, spkiHash, url });
    await new Promise((resolve) => child.once('exit', resolve));
  } catch (error) {
    throw new CliFailure(2, `${browser} could not be started: ${(error as Error).message}`, { cause: error });
  }
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(splitAddress(address), () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
