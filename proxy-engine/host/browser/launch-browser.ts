/** Opens a browser with a profile of its own that goes through the proxy and trusts the local authority. No system store is touched. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BrowserOptions {
  /** The executable. */
  browser: string;
  /** `127.0.0.1:8888` */
  proxy: string;
  /** Whether clients speak TLS to the proxy itself. */
  secureProxy: boolean;
  /** `Authority.spkiHash` */
  spkiHash: string;
  url: string;
  /** Ends it. */
  signal?: AbortSignal;
}

/** How Chromium is started; `profile` is the directory of its profile. */
export function browserArguments(
  { proxy, secureProxy, spkiHash, url }: Omit<BrowserOptions, 'browser' | 'signal'>,
  profile: string,
): string[] {
  return [
    `--user-data-dir=${profile}`,
    `--proxy-server=${secureProxy ? 'https' : 'http'}://${proxy}`,
    // Without it localhost, which is what developers look at, would not go through the proxy.
    '--proxy-bypass-list=<-loopback>',
    `--ignore-certificate-errors-spki-list=${spkiHash}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    url,
  ];
}

export interface LaunchedBrowser {
  child: ChildProcess;
  /** Resolves when it has ended and its profile is removed. */
  gone: Promise<void>;
}

/** Resolves when it runs; the profile is removed when it ends. Rejects when it cannot be started. */
export function launchBrowser(options: BrowserOptions): Promise<LaunchedBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'switchyard-browser-'));
  const { browser, signal } = options;
  const child = spawn(browser, browserArguments(options, profile), { stdio: 'ignore', detached: true, signal });
  // What a process of the browser's still holds stays behind.
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
  const gone = new Promise((ended) => child.once('exit', ended)).then(removeProfile);
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve({ child, gone }));
    child.once('error', (error) => {
      void removeProfile();
      reject(error);
    });
  });
}
