import { expect, it } from 'vitest';
import { readConfig } from '../../../proxy-engine/host/config-file.ts';

function mistakes(upstreamProxy: string): string {
  const listener = `{ address: '127.0.0.1:0', mode: forward, upstreamProxy: ${upstreamProxy} }`;
  try {
    readConfig({ text: `listeners:\n  proxy: ${listener}\n`, baseDir: '.' });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

it.each([
  ["'http://user:secret1@127.0.0.1:3128'"],
  ["'socks5h://127.0.0.1:1080'"],
  ["{ url: 'http://proxy.test', except: 'host = localhost' }"],
])('%s is taken', (upstreamProxy) => expect(mistakes(upstreamProxy)).toBe(''));

it.each([
  ["'https://me:secret1@proxy:3128'", 'expected http://, socks5:// or socks5h://'],
  ["'socks5://me:secret1@proxy'", 'the port is missing'],
  ["{ url: 'ftp://me:sec@ret1@proxy:3128' }", 'upstreamProxy.url: expected http://'],
  ["{ url: 'http://me:secret1@proxy/path' }", 'it has no path'],
  ["{ url: 'http://me:secret1@proxy', except: 'hst = a' }", 'upstreamProxy.except: at character 1'],
  ["{ url: 'http://me:secret1@proxy', except: 'status = 200' }", 'upstreamProxy.except: at character 1'],
  ["{ except: 'host = a' }", 'upstreamProxy.url: missing; expected'],
])('%s is told to be wrong, without its password', (upstreamProxy, message) => {
  expect(mistakes(upstreamProxy)).toContain(message);
  expect(mistakes(upstreamProxy)).not.toMatch(/secret1|ret1/);
});
